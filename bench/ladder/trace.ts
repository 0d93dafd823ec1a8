/**
 * The day that every party goes through: what is asked for and when, and what the provider does about it. All of it
 * is fixed by a seed before anything starts. A fault is drawn from the prompt, how often that prompt was sent
 * before, and the model; for capacity from the hour too. So nobody's luck hangs on what others send, or on how fast.
 */
import type { EmulatorOptions, FaultRuleInput } from '../../src/emulator/index.ts';
import { draw } from '../../src/emulator/random.ts';

export const PRIMARY = 'gemini-3-pro-image';
/** What may be delivered in its place, in order: the chain that this release has. */
export const FALLBACKS = ['gemini-nano-banana-2.1', 'gemini-3.1-flash-lite-image'] as const;
export const SIZE = '1K';
export const RATIO = '1:1';

/** A provider's minute is 6 s, and so is a minute in whatever a client waits. */
export const SCALE = 0.1;

/**
 * Overload of the first model by the hour of the day, UTC: below 8 % at night, 45 % from 10 to 14, as the recovery
 * guides tell it. The day's 24 hours are squeezed further than its minutes are.
 */
export const CAPACITY_BY_HOUR = [
  0.06, 0.06, 0.06, 0.06, 0.06, 0.06, 0.1, 0.18, 0.27, 0.36, 0.45, 0.45, 0.45, 0.45, 0.38, 0.32, 0.26, 0.22,
  0.18, 0.15, 0.12, 0.1, 0.08, 0.07,
] as const;
/** Smaller models do not run short with the large one. */
export const FALLBACK_CAPACITY = 0.08;
export const SHARES = { gateway: 0.03, imageSafety: 0.1, reset: 0.01, prohibited: 0.02 } as const;
/** Calls to the first model that the day's quota admits, over generations: those who retry use it up sooner. */
const PER_DAY = 0.75;
/** Real time between two requests, on average: two cores have time to spare, so that faults are measured and not speed. */
const EVERY_MS = 260;
/** A shorter day is all waiting. */
const SHORTEST_DAY_MS = 60_000;
const LATENCY_MS = 10_000 * SCALE;

const PROHIBITED = 'the forbidden emblem';
const SUBJECTS = [
  'a red fox in fresh snow, watercolor',
  'a lighthouse at dusk, flat vector',
  'a bowl of ramen, product photograph',
  'a paper crane on a desk, soft light',
  'a steam train in a valley, woodcut',
  'an empty library, isometric drawing',
  'a hot-air balloon over fields, gouache',
  'a ceramic vase on white, catalog shot',
] as const;

export interface Ask {
  /** Four digits. */
  readonly id: string;
  /** Milliseconds from the start. */
  readonly atMs: number;
  /** Which of a party's processes it comes to. */
  readonly process: number;
  readonly prompt: string;
  /** Nobody can deliver it, and nobody should try twice. */
  readonly prohibited: boolean;
}

export interface Trace {
  readonly seed: string;
  readonly durationMs: number;
  readonly asks: readonly Ask[];
  readonly emulator: EmulatorOptions;
}

export const MOST_GENERATIONS = 10_000;

export function traceOf(seed: string, generations: number, processes: number): Trace {
  const durationMs = Math.max(SHORTEST_DAY_MS, generations * EVERY_MS);
  const asks = Array.from({ length: generations }, (_, k): Ask => {
    const id = String(k).padStart(4, '0');
    const prohibited = draw(seed, 'prohibited', id) < SHARES.prohibited;
    return {
      id,
      atMs: draw(seed, 'arrival', id) * durationMs,
      process: k % processes,
      prompt: promptOf(id, prohibited),
      prohibited,
    };
  });
  return { seed, durationMs, asks, emulator: emulatorOptions(seed, generations, durationMs) };
}

/**
 * The id is a fault for a key that nobody has: the emulator draws no such command, so that requests for one subject
 * share a picture, and two cores need not draw thousands.
 */
function promptOf(id: string, prohibited: boolean): string {
  const subject = SUBJECTS[Number(id) % SUBJECTS.length] as string;
  return `${subject}${prohibited ? `, with ${PROHIBITED}` : ''} [[fault:capacity@key(${id})]]`;
}

/** Which prompt a call was for; undefined for the prompts of warming up. */
export function idIn(prompt: string | undefined): string | undefined {
  return /@key\((\d{4})\)/.exec(prompt ?? '')?.[1];
}

function emulatorOptions(seed: string, generations: number, durationMs: number): EmulatorOptions {
  const hours = { shares: [...CAPACITY_BY_HOUR], everyMs: durationMs / CAPACITY_BY_HOUR.length };
  const models = [PRIMARY, ...FALLBACKS];
  const ofImages = (rule: Pick<FaultRuleInput, 'action' | 'probability'>): FaultRuleInput[] =>
    models.map((model) => ({ match: { model }, ...rule }));
  return {
    seed,
    timeScale: SCALE,
    latencyMs: { meanMs: LATENCY_MS, spread: 0.25 },
    limits: { [PRIMARY]: { rpd: Math.round(generations * PER_DAY) } },
    safety: { prohibitedPhrases: [PROHIBITED] },
    faults: [
      ...ofImages({ probability: SHARES.gateway, action: 'gateway-502' }),
      { match: { model: PRIMARY }, probability: hours, action: 'capacity' },
      ...FALLBACKS.map((model): FaultRuleInput => ({
        match: { model },
        probability: FALLBACK_CAPACITY,
        action: 'capacity',
      })),
      ...ofImages({ probability: SHARES.reset, action: 'reset-after' }),
      ...ofImages({ probability: SHARES.imageSafety, action: 'image-safety' }),
    ],
  };
}

const DAY_MS = 86_400_000;

/** Milliseconds until a whole day of the trace fits before the provider's scaled midnight. */
export function untilDayFits(now: number, neededMs: number): number {
  const day = DAY_MS * SCALE;
  const left = day - (now % day);
  return left < neededMs ? left : 0;
}
