/**
 * What a fault does: a named preset, a raw answer, a transport fault, or an answer with a transport
 * fault. As text it is one item of the prompt-command grammar: `capacity`, `quota-minute(3s)`,
 * `cut-body(80%)`.
 */
import type { Answer } from '../answer.ts';
import type { FaultStage } from './preset.ts';
import { isPresetName, PRESET_NAMES, presetOf } from './presets.ts';
import type { PresetName } from './presets.ts';
import { isTransportKind, TRANSPORT_KINDS } from './transport.ts';
import type { Transport } from './transport.ts';

export interface FaultAction {
  readonly preset?: PresetName | undefined;
  /** Sent as it is, before key, validation and quota. */
  readonly raw?: Answer | undefined;
  readonly transport?: Transport | undefined;
  /** Replaces the delay a preset names, in milliseconds, unscaled. */
  readonly delayMs?: number | undefined;
  /** Overrides whether the ledger books an image for an error answer. */
  readonly billed?: boolean | undefined;
}

/** `connection`: before the body is read, so that nothing of the request is known but its headers. */
export type StrikeStage = 'connection' | FaultStage;

export function stageOf(action: FaultAction, needsBody: boolean): StrikeStage {
  if (action.transport?.kind === 'reset-before') return needsBody ? 'front' : 'connection';
  if (action.raw) return 'front';
  return action.preset ? presetOf(action.preset).stage : 'model';
}

/** The name that the ledger and the fault list show. */
export function actionName(action: FaultAction): string {
  const answer = action.preset ?? (action.raw ? `status-${action.raw.status}` : undefined);
  const transport = action.transport?.kind;
  return answer && transport ? `${answer}+${transport}` : (answer ?? transport ?? 'none');
}

const ITEM = /^([a-z0-9-]+)(?:\(\s*(\d+(?:\.\d+)?)\s*(ms|s|m|%)?\s*\))?$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Reads `name` or `name(argument)`; throws an Error that names the cure. */
export function parseAction(text: string): FaultAction {
  const match = ITEM.exec(text.trim());
  if (!match) {
    throw new Error(
      `"${text.trim()}" is not a fault: write name or name(argument), for example capacity, quota-minute(3s), cut-body(80%)`,
    );
  }
  const [, name = '', digits, unit] = match;
  const amount = digits === undefined ? undefined : Number(digits);
  if (isTransportKind(name)) {
    if (amount === undefined) return { transport: { kind: name } };
    if (unit === '%') return { transport: { kind: name, percent: amount } };
    return { transport: { kind: name, ms: amount * (UNIT_MS[unit ?? 'ms'] ?? 1) } };
  }
  if (!isPresetName(name)) throw new Error(`unknown fault "${name}"; ${nearestNames(name)}`);
  if (amount === undefined) return { preset: name };
  if (unit === undefined || unit === '%') {
    throw new Error(`${name}(${digits}${unit ?? ''}): give a time with its unit, for example ${name}(3s)`);
  }
  return { preset: name, delayMs: amount * (UNIT_MS[unit] ?? 1) };
}

function nearestNames(name: string): string {
  const all: readonly string[] = [...PRESET_NAMES, ...TRANSPORT_KINDS];
  const stem = name.split('-')[0] ?? name;
  const close = all.filter((known) => known.includes(stem) || stem.includes(known.split('-')[0] ?? known));
  return close.length > 0 && close.length < 10
    ? `perhaps ${close.join(', ')}`
    : `known are ${all.join(', ')}`;
}
