/**
 * The courses whose histories are kept. A history that a release cannot replay breaks generations that
 * are under way: the change needs `patched`, the history stays. Add a course; never re-record one.
 */
import type { SIGNALS } from '../../src/contract/names.ts';
import type { Preparation } from '../../src/domain/preparation.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import type { Script } from '../support/scripted-activities.ts';
import { degraded, grant, heldBy, LOOKING, times } from '../support/standing.ts';

export interface Course {
  readonly name: string;
  readonly draft?: Partial<RequestDraft>;
  /** A new script for each run; `now` is the server's time. */
  script(now: number): Script;
  /** Sent with the evidence of the moment, once a person is asked. */
  readonly decision?: { readonly signal: keyof typeof SIGNALS; readonly payload?: object };
}

const overloaded = failed('capacity', 'overloaded');
const LATE = {
  kind: 'wait',
  ms: 30 * 3_600_000,
  why: '10 a minute',
  limit: 'rpm',
  place: 18_000,
  perMinute: 10,
  evidence: 'a'.repeat(64),
} as const;
const withheld = failed('safety-image', 'image-safety');
const leaked = failed('permission', 'key-leaked');
const rungs = [PRO, FLASH];
const BACKUP = { ...PRO, route: 'backup', kind: 'route-out' } as const;
const asking = {
  version: 2,
  permits: { ask: true, rewrite: 'auto', simplify: true },
  text: { route: 'default', model: 'gemini-flash-latest', worstUsd: 0.08 },
  rungs: [PRO, BACKUP],
} satisfies Partial<PolicySnapshot>;

function made(remedy: 'rewrite' | 'simplify', count: number): Preparation {
  const prompts = Array.from({ length: count }, (_, i) => ({
    prompt: { sha256: String(i).repeat(64), bytes: 20 },
    change: `change ${i}`,
  }));
  return { remedy, ok: true, prompts, techniques: ['art-style'], record: 'c'.repeat(64) };
}

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
  {
    name: 'rewritten',
    script: () => ({
      calls: [withheld, withheld, 'image'],
      prompts: [made('rewrite', 1)],
      snapshot: asking,
    }),
  },
  {
    name: 'simplified',
    script: () => ({
      calls: [failed('no-image', 'blank'), failed('no-image', 'blank'), failed('no-image', 'blank'), 'image'],
      prompts: [
        { remedy: 'simplify', ok: false, why: 'capacity/overloaded', again: true },
        made('simplify', 2),
      ],
      snapshot: { ...asking, maxPaidCalls: 9 },
    }),
  },
  {
    name: 'uploaded-again',
    script: () => ({
      calls: [failed('file', 'expired'), 'image'],
      snapshot: { ...asking, rungs: [{ ...PRO, upload: true }] },
    }),
  },
  {
    name: 'storage-freed',
    script: () => ({
      calls: ['image'],
      uploads: [failed('quota-storage', 'file-storage'), []],
      deleted: [{ remedy: 'delete-files', ok: true, change: '2 expired files' }],
      snapshot: { ...asking, rungs: [{ ...PRO, upload: true }] },
    }),
  },
  {
    name: 'route-out-approved',
    script: () => ({ calls: [leaked, 'image'], snapshot: asking }),
    decision: { signal: 'approveRouteOut' },
  },
  {
    name: 'route-out-rejected',
    script: () => ({ calls: [leaked], snapshot: asking }),
    decision: { signal: 'rejectRouteOut' },
  },
  {
    name: 'request-changed',
    script: () => ({ calls: [leaked, 'image'], snapshot: asking }),
    decision: { signal: 'changeRequest', payload: { change: { model: FLASH.model } } },
  },
  { name: 'nobody-decided', script: () => ({ calls: [leaked], snapshot: asking }) },
  {
    name: 'held-then-released',
    script: () => ({ calls: ['image'], quota: times(3, heldBy()), snapshot: LOOKING }),
  },
  {
    name: 'held-then-granted',
    script: () => ({ calls: ['image'], quota: [heldBy()], grants: [grant()], snapshot: LOOKING }),
  },
  {
    name: 'own-hold-released',
    script: () => ({
      calls: [leaked, 'image'],
      quota: [{ kind: 'go' }, ...times(2, heldBy())],
      snapshot: LOOKING,
    }),
  },
  {
    name: 'degraded-start',
    script: () => ({
      calls: ['image'],
      quota: [{ kind: 'elsewhere', rung: 1, degraded: degraded() }],
      snapshot: { ...LOOKING, rungs },
    }),
  },
  {
    name: 'late-then-in-time',
    script: () => ({ calls: ['image'], quota: [LATE, LATE, { kind: 'go' }], snapshot: LOOKING }),
  },
  {
    name: 'quiet-waited',
    draft: { when: 'quiet' },
    script: () => ({
      calls: [overloaded, 'image'],
      quiet: [{ source: 'configured', inMs: 5 * 3_600_000, forMs: 8 * 3_600_000, why: 'quiet hours' }],
    }),
  },
  { name: 'clean-tallied', script: () => ({ calls: ['image'], snapshot: { tallies: true } }) },
  {
    name: 'dead-tallied',
    script: () => ({
      calls: [overloaded, failed('policy', 'prohibited-content')],
      snapshot: { ...asking, tallies: true },
    }),
  },
];
