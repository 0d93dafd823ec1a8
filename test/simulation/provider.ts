/** The provider: the emulator's own windows, and the ways in which it answers. */
import type { QuotaRefusal } from '../../src/emulator/quota-windows.ts';
import { QuotaWindows } from '../../src/emulator/quota-windows.ts';
import type { QuotaViolation } from '../../src/domain/classification.ts';
import type { CallVerdict, SlotUse } from '../../src/quota/broker.ts';
import type { MoodPlan, Scenario } from './plan.ts';
import { GOOD_MOOD } from './plan.ts';
import type { Random } from './random.ts';

export interface Call {
  readonly model: string;
  readonly tokens: number;
}

/** How a call ended: what its process reports, beside when it was sent. */
export type Ending =
  | { readonly kind: 'used'; readonly verdict?: CallVerdict }
  | (Omit<SlotUse & { kind: 'limited' }, 'sentAfterMs' | 'verdict'> & { readonly verdict: CallVerdict });

const ENDLESS_MS = Number(2n ** 63n - 1n);
const UNITS = { rpm: 'requests', tpm: 'tokens', ipm: 'images', rpd: 'requests' } as const;
const DAY_RETRY_MS = 22_000;

export class Provider {
  readonly #windows: QuotaWindows;
  readonly #mood: MoodPlan;
  readonly #random: Random;
  readonly #startedAt: number;
  #wasEndless = false;

  constructor(scenario: Scenario, random: Random, startedAt: number) {
    const limits = Object.fromEntries(
      Object.entries(scenario.models).map(([model, plan]) => [model, plan.limits]),
    );
    const { form = 'sliding', rejectedCount = true } = scenario;
    this.#windows = new QuotaWindows({ limits, form, rejectedCount, timeScale: 1 });
    this.#mood = { ...GOOD_MOOD, ...scenario.mood };
    this.#random = random;
    this.#startedAt = startedAt;
  }

  arrived({ model, tokens }: Call, at: number): Ending {
    const sinceMs = at - this.#startedAt;
    const { overloaded, overloadedForMs, leakedAfterMs, malformed, endlessAfterMs } = this.#mood;
    if (sinceMs >= leakedAfterMs) return permission();
    const refusal = this.#windows.take(model, { tokens, images: 1 }, at);
    if (refusal !== undefined) return this.#refused(model, refusal);
    if (sinceMs >= endlessAfterMs && !this.#wasEndless) {
      this.#wasEndless = true;
      return outOfTheBlue(ENDLESS_MS);
    }
    if (this.#random.chance(malformed))
      return outOfTheBlue(this.#random.chance(0.5) ? Number.NaN : undefined);
    return sinceMs < overloadedForMs && this.#random.chance(overloaded) ? unavailable() : { kind: 'used' };
  }

  #refused(model: string, { violations, retryAfterMs }: QuotaRefusal): Ending {
    const isDay = violations.some(({ dimension }) => dimension === 'rpd');
    const isWordless = this.#random.chance(this.#mood.wordless);
    const told = violations.map(({ dimension, limit }): QuotaViolation => {
      const window = dimension === 'rpd' ? 'day' : 'minute';
      return { window, unit: UNITS[dimension], model, ...(isWordless ? {} : { limit }) };
    });
    return {
      kind: 'limited',
      violations: told,
      retryAfterMs: isDay ? DAY_RETRY_MS : retryAfterMs,
      verdict: {
        branch: isDay ? 'quota-day' : 'quota-minute',
        reason: isDay ? 'rpd' : 'rpm',
        message: 'You exceeded your current quota.',
      },
    };
  }
}

function outOfTheBlue(retryAfterMs: number | undefined): Ending {
  return {
    kind: 'limited',
    violations: [],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    verdict: { branch: 'quota-unknown', reason: 'no-details', message: 'Resource has been exhausted.' },
  };
}

function unavailable(): Ending {
  return {
    kind: 'used',
    verdict: { branch: 'capacity', reason: 'overloaded', message: 'The model is overloaded.' },
  };
}

function permission(): Ending {
  return {
    kind: 'used',
    verdict: { branch: 'permission', reason: 'leaked', message: 'Your API key was reported as leaked.' },
  };
}
