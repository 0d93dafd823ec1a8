/** Every named fault, in the order of the branches; those of words and of batch jobs, which have none, at the end. */
import { ACCESS_PRESETS } from './preset-access.ts';
import { BATCH_PRESETS } from './preset-batch.ts';
import { GATEWAY_PRESETS } from './preset-gateway.ts';
import { QUOTA_PRESETS } from './preset-quota.ts';
import { REQUEST_PRESETS } from './preset-request.ts';
import { RESPONSE_PRESETS } from './preset-response.ts';
import { SERVER_PRESETS } from './preset-server.ts';
import { TEXT_PRESETS } from './preset-text.ts';
import type { FaultPreset } from './preset.ts';

export const FAULT_PRESETS = {
  ...QUOTA_PRESETS,
  ...SERVER_PRESETS,
  ...GATEWAY_PRESETS,
  ...RESPONSE_PRESETS,
  ...ACCESS_PRESETS,
  ...REQUEST_PRESETS,
  ...TEXT_PRESETS,
  ...BATCH_PRESETS,
} as const satisfies Readonly<Record<string, FaultPreset>>;

export type PresetName = keyof typeof FAULT_PRESETS;

export const PRESET_NAMES = Object.keys(FAULT_PRESETS) as PresetName[];

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(FAULT_PRESETS, name);
}

/** The names of faults that any image call can be struck with. */
export const IMAGE_PRESET_NAMES = PRESET_NAMES.filter((name) =>
  ['error', 'shape'].includes(FAULT_PRESETS[name].kind),
);

export function presetOf(name: PresetName): FaultPreset {
  return FAULT_PRESETS[name];
}
