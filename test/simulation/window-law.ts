/**
 * I6, as the provider sees it: over every window that ends with a call, and on every Pacific day, no more
 * calls arrive than the limit, where the configuration knows the provider's own.
 */
import { providerDay } from '../../src/emulator/pacific-day.ts';
import { law } from './broken.ts';
import type { ModelPlan } from './plan.ts';
import { WINDOW_MS, isRight } from './plan.ts';
import type { Call } from './provider.ts';

const DIMENSIONS = ['rpm', 'tpm', 'ipm'] as const;

interface Seen {
  readonly log: { readonly at: number; readonly tokens: number }[];
  first: number;
  tokens: number;
  day: string;
  today: number;
}

export class WindowLaw {
  readonly #models: Readonly<Record<string, ModelPlan>>;
  readonly #seen = new Map<string, Seen>();
  /** Calls by model and Pacific day. */
  readonly days = new Map<string, Map<string, number>>();

  constructor(models: Readonly<Record<string, ModelPlan>>) {
    this.#models = models;
  }

  arrived({ model, tokens }: Call, at: number): void {
    const plan = this.#models[model] as ModelPlan;
    const seen = this.#of(model);
    seen.log.push({ at, tokens });
    seen.tokens += tokens;
    while ((seen.log[seen.first] as Seen['log'][number]).at <= at - WINDOW_MS) {
      seen.tokens -= (seen.log[seen.first] as Seen['log'][number]).tokens;
      seen.first += 1;
    }
    const calls = seen.log.length - seen.first;
    const amounts = { rpm: calls, ipm: calls, tpm: seen.tokens };
    for (const dimension of DIMENSIONS) {
      const limit = plan.limits[dimension] ?? Infinity;
      const holds = !isRight(plan, dimension) || amounts[dimension] <= limit;
      law('I6 window', holds, () => `${amounts[dimension]} ${dimension} of ${limit} in a window of ${model}`);
    }
    this.#countDay(model, plan, seen, at);
  }

  /** When calls arrived, ascending. */
  log(model: string): readonly { readonly at: number; readonly tokens: number }[] {
    return this.#of(model).log;
  }

  #countDay(model: string, plan: ModelPlan, seen: Seen, at: number): void {
    const limit = plan.limits.rpd;
    if (limit === undefined) return;
    const { key } = providerDay(at, 1);
    seen.today = seen.day === key ? seen.today + 1 : 1;
    seen.day = key;
    const days = this.days.get(model) ?? new Map<string, number>();
    this.days.set(model, days.set(key, seen.today));
    const holds = !isRight(plan, 'rpd') || seen.today <= limit;
    law('I6 day', holds, () => `${seen.today} calls of ${limit} on ${key} of ${model}`);
  }

  #of(model: string): Seen {
    const known = this.#seen.get(model);
    if (known !== undefined) return known;
    const seen: Seen = { log: [], first: 0, tokens: 0, day: '', today: 0 };
    this.#seen.set(model, seen);
    return seen;
  }
}
