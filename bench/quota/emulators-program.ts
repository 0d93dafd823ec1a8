/** Several emulators in one process of their own; asked for their ledgers once the run is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { Call } from './ledger.ts';
import { runAsRemote } from '../remote.ts';

export interface EmulatorsSettings {
  readonly emulators: readonly EmulatorOptions[];
}

/** Base URLs, in the order of the settings. */
export type EmulatorsReady = readonly string[];

/** The ledgers, in the same order. */
export type EmulatorsAnswer = readonly (readonly Call[])[];

runAsRemote<EmulatorsSettings, EmulatorsReady, 'calls', EmulatorsAnswer>(async ({ emulators }) => {
  const started = await Promise.all(emulators.map((options) => startEmulator(options)));
  return {
    ready: started.map(({ url }) => url),
    answer: async () => {
      const ledgers: Call[][] = [];
      for (const emulator of started) {
        const calls = emulator.calls();
        if (emulator.totals().dropped > 0) throw new Error('the ledger was too small for the run');
        ledgers.push(
          calls.map(({ at, generation, status, decision }) => ({
            at: Date.parse(at),
            id: generation?.id ?? '',
            refused: status === 429,
            image: decision === 'image',
          })),
        );
        // Copying a ledger blocks; the others still answer calls.
        await sleep(1);
      }
      return ledgers;
    },
    close: async () => {
      await Promise.all(started.map((emulator) => emulator.close()));
    },
  };
});
