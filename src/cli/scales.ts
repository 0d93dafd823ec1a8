/** Scaled time, for demonstrations and tests: what `worker` and `dev` read from the environment. */
import { setting } from './environment.ts';
import type { SettingName } from './environment.ts';
import { UsageError } from './usage-error.ts';

export interface Scales {
  /** Multiplies delays that policies compute; 1 in production. */
  readonly timeScale: number;
  /** Multiplies the quota windows kept here. */
  readonly quotaWindowScale: number;
}

export function scales(): Scales {
  return {
    timeScale: scale('GEMINI_IMAGES_TIME_SCALE'),
    quotaWindowScale: scale('GEMINI_IMAGES_WINDOW_SCALE'),
  };
}

/** Scaled waits must never be taken for real ones. */
export function scaleWords({ timeScale, quotaWindowScale }: Scales): readonly string[] {
  return [
    ...(timeScale === 1 ? [] : [`waits are scaled: computed delays × ${timeScale}`]),
    ...(quotaWindowScale === 1 ? [] : [`quota windows × ${quotaWindowScale}`]),
  ];
}

function scale(name: SettingName): number {
  const text = setting(name) ?? '1';
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}: give a number above 0, or leave it out`);
}
