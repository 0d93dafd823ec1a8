/**
 * The project's quota, per resolved model: requests, input tokens and images a minute, requests a
 * day. A call either takes from every dimension or is refused with all that it violated; a refused
 * call counts as a request only where `rejectedCount` says so.
 */
import { providerDay } from './pacific-day.ts';
import type { QuotaDimension, QuotaViolation } from './quota-errors.ts';
import { createWindow } from './window.ts';
import type { Window, WindowForm } from './window.ts';

export type Limits = { readonly [D in QuotaDimension]?: number | undefined };

export interface QuotaRules {
  /** By model id; `*` for every model without its own. What Vertex serves is `vertex/<id>` and `vertex/*`. */
  readonly limits: Readonly<Record<string, Limits>>;
  readonly form: WindowForm;
  readonly rejectedCount: boolean;
  readonly timeScale: number;
}

export interface QuotaCost {
  readonly tokens: number;
  readonly images: number;
}

export interface QuotaRefusal {
  readonly violations: readonly QuotaViolation[];
  /** What RetryInfo says: the minute window's end, also when it is the day that is used up. */
  readonly retryAfterMs: number;
}

export interface QuotaUse {
  readonly dimension: QuotaDimension;
  readonly limit: number;
  readonly used: number;
  /** Only for the day. */
  readonly resetsAt?: string;
}

const MINUTE_MS = 60_000;
const MINUTE_DIMENSIONS = ['rpm', 'tpm', 'ipm'] as const;

interface ModelQuota {
  readonly limits: Limits;
  readonly windows: ReadonlyMap<QuotaDimension, Window>;
  day: { key: string; used: number };
}

export class QuotaWindows {
  readonly #rules: QuotaRules;
  #models = new Map<string, ModelQuota>();

  constructor(rules: QuotaRules) {
    this.#rules = rules;
  }

  /** Takes one call's share, or says what forbids it. */
  take(model: string, cost: QuotaCost, now: number): QuotaRefusal | undefined {
    const quota = this.#quotaOf(model);
    if (!quota) return undefined;
    const amounts = { rpm: 1, tpm: cost.tokens, ipm: cost.images };
    const day = providerDay(now, this.#rules.timeScale);
    if (quota.day.key !== day.key) quota.day = { key: day.key, used: 0 };

    const violations: QuotaViolation[] = [];
    let retryAfterMs = 0;
    for (const dimension of MINUTE_DIMENSIONS) {
      const wait = quota.windows.get(dimension)?.waitFor(now, amounts[dimension]) ?? 0;
      if (wait > 0) violations.push({ dimension, limit: quota.limits[dimension] ?? 0 });
      retryAfterMs = Math.max(retryAfterMs, wait);
    }
    const perDay = quota.limits.rpd;
    if (perDay !== undefined && quota.day.used >= perDay) {
      violations.push({ dimension: 'rpd', limit: perDay });
      // Google's RetryInfo knows nothing of midnight: it names the next minute.
      retryAfterMs ||= this.#minuteMs - (now % this.#minuteMs);
    }
    if (violations.length === 0 || this.#rules.rejectedCount) {
      const counted = violations.length === 0 ? MINUTE_DIMENSIONS : (['rpm'] as const);
      for (const dimension of counted) quota.windows.get(dimension)?.take(now, amounts[dimension]);
      quota.day.used += 1;
    }
    return violations.length === 0 ? undefined : { violations, retryAfterMs };
  }

  use(now: number): Readonly<Record<string, readonly QuotaUse[]>> {
    const state: Record<string, QuotaUse[]> = {};
    for (const [model, quota] of this.#models) {
      const day = providerDay(now, this.#rules.timeScale);
      const uses: QuotaUse[] = [];
      for (const [dimension, window] of quota.windows) {
        const limit = quota.limits[dimension] ?? 0;
        uses.push({ dimension, limit, used: Math.round(window.used(now) * 1000) / 1000 });
      }
      if (quota.limits.rpd !== undefined) {
        const used = quota.day.key === day.key ? quota.day.used : 0;
        const resetsAt = new Date(day.resetsAt).toISOString();
        uses.push({ dimension: 'rpd', limit: quota.limits.rpd, used, resetsAt });
      }
      state[model] = uses;
    }
    return state;
  }

  reset(): void {
    this.#models = new Map();
  }

  get #minuteMs(): number {
    return MINUTE_MS * this.#rules.timeScale;
  }

  #quotaOf(model: string): ModelQuota | undefined {
    const known = this.#models.get(model);
    if (known) return known;
    const limits =
      this.#rules.limits[model] ?? this.#rules.limits[model.startsWith('vertex/') ? 'vertex/*' : '*'];
    if (!limits) return undefined;
    const windows = new Map<QuotaDimension, Window>();
    for (const dimension of MINUTE_DIMENSIONS) {
      const limit = limits[dimension];
      if (limit !== undefined) windows.set(dimension, createWindow(this.#rules.form, limit, this.#minuteMs));
    }
    const quota: ModelQuota = { limits, windows, day: { key: '', used: 0 } };
    this.#models.set(model, quota);
    return quota;
  }
}
