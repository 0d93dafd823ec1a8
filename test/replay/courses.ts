/**
 * The courses whose histories are kept. A history that a release cannot replay breaks generations that
 * are under way: the change needs `patched`, the history stays. Add a course; never re-record one.
 */
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import type { Script } from '../support/scripted-activities.ts';

export interface Course {
  readonly name: string;
  readonly draft?: Partial<RequestDraft>;
  /** A new script for each run; `now` is the server's time. */
  script(now: number): Script;
}

const overloaded = failed('capacity', 'overloaded');
const rungs = [PRO, FLASH];

export const COURSES: readonly Course[] = [
  { name: 'clean', script: () => ({ calls: ['image'] }) },
  { name: 'capacity-retests', script: () => ({ calls: [overloaded, overloaded, 'image'] }) },
  {
    name: 'capacity-fallback',
    script: () => ({ calls: [overloaded, overloaded, 'image'], snapshot: { rungs } }),
  },
  {
    name: 'fallback-closed',
    script: () => ({
      calls: [overloaded, overloaded, 'image'],
      snapshot: { rungs },
      fallBack: [{ kind: 'closed', why: 'gone' }],
    }),
  },
  {
    name: 'quota-day',
    script: (now) => ({ calls: [failed('quota-day', 'rpd', { resetAt: now + 10 * 3_600_000 }), 'image'] }),
  },
  {
    name: 'quota-waits',
    script: () => ({
      calls: [{ wait: 120_000 }, 'image'],
      quota: [{ kind: 'wait', ms: 300_000, why: '60 a minute', limit: 'rpm', place: 84 }],
    }),
  },
  {
    name: 'blank-then-text-and-image',
    draft: { modalities: ['IMAGE'] },
    script: () => ({ calls: [failed('no-image', 'blank'), 'image'], snapshot: { imageOnly: true } }),
  },
  {
    name: 'timeout-then-smaller',
    script: () => ({
      calls: [failed('timeout', 'server-deadline'), failed('timeout', 'server-deadline'), 'image'],
      snapshot: { rungs: [{ ...PRO, sizes: ['4K', '2K'], worstUsd: [1, 0.5] }] },
    }),
  },
  { name: 'policy-dead', script: () => ({ calls: [failed('policy', 'prohibited-content')] }) },
  {
    name: 'store-away',
    script: () => ({ calls: [...Array.from({ length: 10 }, () => 'store-away' as const), 'image'] }),
  },
  { name: 'extract-again', script: () => ({ calls: ['extract-pending'], extract: ['store-away', 'image'] }) },
  {
    name: 'attempts-spent',
    script: () => ({
      calls: Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? overloaded : failed('quota-minute', 'rpm'))),
    }),
  },
];
