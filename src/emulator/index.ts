/** The emulator's public face: import it as `temporal-gemini-images/emulator`. */
export { startEmulator } from './server.ts';
export type { Emulator } from './server.ts';
export { emulatorOptionsSchema, EmulatorOptionsError, resolveEmulatorOptions } from './options.ts';
export type { EmulatorOptions, ResolvedEmulatorOptions } from './options.ts';
export { faultRuleSchema } from './faults/rule.ts';
export type { FaultRuleInput } from './faults/rule.ts';
export { FAULT_PRESETS, IMAGE_PRESET_NAMES, PRESET_NAMES } from './faults/presets.ts';
export type { PresetName } from './faults/presets.ts';
export { TRANSPORT_ABOUT, TRANSPORT_KINDS } from './faults/transport.ts';
export type { TransportKind } from './faults/transport.ts';
export type { BatchShown } from './batches/batch-states.ts';
export type { FileShown } from './files/file-states.ts';
export type { Delivery, LedgerEntry, LedgerInput, LedgerTotals, Tokens } from './ledger.ts';
export { throwAwayServiceAccount } from './vertex/service-account.ts';
export type {
  KnownServiceAccount,
  ServiceAccountFile,
  ThrowAwayServiceAccount,
} from './vertex/service-account.ts';
export type { QuotaUse } from './quota-windows.ts';
