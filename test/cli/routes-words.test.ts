/** What an operator reads of a fleet: what stops it first, since when and why, and the line to paste that ends it. */
import { describe, expect, test } from 'vitest';
import { causeLines } from '../../src/cli/causes-words.ts';
import { eventsOf, foundLines } from '../../src/cli/commands/routes-show.ts';
import { resumedLines } from '../../src/cli/commands/routes-resume.ts';
import { timeToCome } from '../../src/cli/option-values.ts';
import { findInRoutes } from '../../src/cli/routes-find.ts';
import { routesLines, quietLine } from '../../src/cli/routes-words.ts';
import { wokenWords } from '../../src/cli/woken-words.ts';
import { causesOf } from '../../src/client/causes.ts';
import type { GovernorView } from '../../src/contract/exchange.ts';
import { CREDENTIAL, EVIDENCE, GRANT, HOLD, MODEL, NOW, view, waiting } from '../client/fleet.ts';

const TELLING = { now: NOW, options: [] };
const ROUTE = { credential: CREDENTIAL, model: MODEL, tier: 'standard' } as const;

const bad: GovernorView = view({
  at: NOW - 3_000,
  exchanges: 1204,
  processes: [{ process: 'host/1', askedMsAgo: 3_000, leased: 5, waiting: 12 }],
  lanes: [
    {
      model: MODEL,
      countedAs: MODEL,
      limits: [
        { model: MODEL, dimension: 'rpm', limit: 60, used: 48, source: 'learned', ageMs: 180_000 },
        { model: MODEL, dimension: 'rpd', limit: 1_000, used: 10, source: 'config', ageMs: 0 },
      ],
      waiting: 12,
      asleep: 300,
      perMinute: 60,
      closed: { ms: 40_000, by: 'pause' },
    },
  ],
  holds: [HOLD],
  breakers: [
    {
      ...{ route: ROUTE, phase: 'open', since: NOW - 60_000, tryAt: NOW + 15_000 },
      ...{ failures: 7, calls: 12, branch: 'capacity', evidence: EVIDENCE },
    },
  ],
  degraded: [{ route: ROUTE, since: NOW - 600_000, share: 0.43, calls: 120 }],
  alerts: [{ kind: 'quota-80', subject: `${MODEL} rpm`, since: NOW - 60_000, value: 0.85 }],
  grants: [GRANT],
  spend: { usd: 3.2, limit: { usd: 50, windowMs: 600_000 } },
  routes: [{ route: ROUTE, baseUrl: 'https://gemini.example', calls: 120, capacityFailures: 52, limited: 1 }],
  events: [
    {
      at: NOW - 7_200_000,
      what: 'hold-opened',
      subject: `h-1 credential ${CREDENTIAL}`,
      why: 'permission/key-leaked',
    },
    { at: NOW - 3_600_000, what: 'hold-opened', subject: 'h-12 project shop', why: 'billing/spent' },
    {
      at: NOW - 60_000,
      what: 'granted',
      subject: `g-1 permission of credential ${CREDENTIAL} → backup`,
      why: 'ann: go',
    },
    { at: NOW - 30_000, what: 'breaker-opened', subject: MODEL, why: '7 of 12 calls' },
  ],
});

const command = (line: string) => line.replace(/npm run -s gemini-images -- /, '');

describe('routes', () => {
  test('what stops calls stands before the limits, each with the line that ends it', () => {
    expect(routesLines([bad], TELLING).map(command)).toEqual([
      'google/ai-studio/shop  1 process, 1204 exchanges, heard 3 s ago',
      `  HOLD h-1  permission/key-leaked  credential:${CREDENTIAL}  since ${time(-7_200_000)}, 14 calls ended in it`,
      '    Your API key was reported as leaked.',
      '    evidence 0123456789abcdef of gemini-image/first',
      '    once the cause is fixed',
      "      $ routes resume h-1 --why '…'",
      `  BREAKER ${MODEL}/standard of credential ${CREDENTIAL}  open since ${time(-60_000)}`,
      '    7 of 12 calls in the minute before failed, most of them capacity; one tries in 15 s',
      '    evidence 0123456789abcdef',
      `  degraded ${MODEL}/standard of credential ${CREDENTIAL}  since ${time(-600_000)}`,
      '    43 % of 120 calls failed for capacity; who allows another model starts there',
      `    it ends by itself; or now: $ routes end-degraded route:${CREDENTIAL}/${MODEL}/standard --why '…'`,
      `  alert ${MODEL} rpm: 85 % of a limit is used, since ${time(-60_000)}`,
      `  grant g-1  permission@credential:${CREDENTIAL} may leave to backup  until ${time(7_200_000)}`,
      '    3 used it, 0.402 USD of at most 400.00 USD reserved',
      '    by ann: the sale is live (evidence 0123456789abcdef)',
      "    to end it: $ grants revoke g-1 --why '…'",
      `  ${MODEL}  60 a minute; 12 waiting, 300 asleep; nobody calls for 40 s: the provider asked for a pause`,
      '    60 calls a minute, 48 used (80 %); learned 3 min ago',
      '    1000 calls a day, 10 used (1 %); from the configuration',
      `  route ${MODEL}/standard of credential ${CREDENTIAL} at https://gemini.example: 120 calls in 5 min, 52 failed for capacity, 1 answered 429`,
      '  spent 3.20 USD of 50.00 USD in 10 min',
      '  process host/1: asked 3 s ago, 5 slots leased, 12 waiting',
      '',
    ]);
  });

  test('accounts that are held come first, then those that do not answer, then the rest', () => {
    const silent = { id: 'google/ai-studio/away', unreachable: 'no worker answered' };
    const quiet = view({ id: 'google/ai-studio/quiet' });
    const lines = routesLines([quiet, silent, bad], TELLING);
    const heads = lines.filter((line) => line.startsWith('google/'));
    expect(heads.map((line) => line.split('  ')[0])).toEqual([bad.id, silent.id, quiet.id]);
    expect(lines).toContain('  no worker answered');
    // Ids of holds are unique within one account only.
    expect(lines.map(command)).toContain(`      $ routes resume h-1 --why '…' --governor ${bad.id}`);
  });

  test('a pause says who, and a hold that is being tried asks for nothing', () => {
    const paused = {
      ...HOLD,
      branch: 'operator',
      reason: 'paused',
      by: 'bob',
      message: 'slow',
      calls: 0,
    } as const;
    const { evidence: _e, generationId: _g, ...plain } = paused;
    const [, head, why, go] = routesLines([view({ holds: [plain] })], TELLING);
    expect(head).toBe(`  HOLD h-1  paused by bob  credential:${CREDENTIAL}  since ${time(-7_200_000)}`);
    expect([why, go]).toEqual(['    slow', '    to go on']);
    const resumed = { by: 'ann', why: 'replaced', at: NOW };
    const lines = routesLines([view({ holds: [{ ...HOLD, phase: 'trial', resumed }] })], TELLING);
    expect(lines).toContain('    resumed by ann: replaced');
    expect(lines).toContain('    being proved: the text call went well, one generation goes next');
    expect(lines.join('\n')).not.toContain('routes resume');
  });

  test('a grant that is over is shown as over, without a line to end it', () => {
    const over = { ...GRANT, until: NOW - 60_000 };
    const revoked = { ...GRANT, id: 'g-2', revoked: { by: 'bob', at: NOW - 120_000 } };
    const lines = routesLines([view({ grants: [over, revoked] })], TELLING).join('\n');
    expect(lines).toContain(`may leave to backup  over since ${time(-60_000)}`);
    expect(lines).toContain(`may leave to backup  revoked by bob ${time(-120_000)}`);
    expect(lines).not.toContain('to end it');
  });
});

/** As the words print it: in the time zone of whoever reads. */
function time(ms: number): string {
  const at = new Date(NOW + ms);
  const clock = at.toTimeString().slice(0, 5);
  if (at.toDateString() === new Date(NOW).toDateString()) return clock;
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')} ${clock}`;
}

describe('routes show', () => {
  test.each([
    ['google/ai-studio/shop', 'governor'],
    ['h-1', 'hold'],
    ['g-1', 'grant'],
    [MODEL, 'route'],
    [`route:${MODEL}/standard`, 'route'],
    [`${CREDENTIAL}/${MODEL}/standard`, 'route'],
  ])('%s is a %s', (name, kind) => {
    expect(findInRoutes([bad], name).map((found) => found.kind)).toEqual([kind]);
  });

  test('what nobody knows is refused with what there is', () => {
    expect(() => findInRoutes([bad], 'h-2')).toThrow(/^NAME: nothing is called h-2: there is h-1, /);
    expect(() => findInRoutes([], 'h-2')).toThrow('no governor answers');
  });

  test('has of the events what is about it, and no other', () => {
    const [hold] = findInRoutes([bad], 'h-1');
    const [grant] = findInRoutes([bad], 'g-1');
    const [route] = findInRoutes([bad], MODEL);
    if (hold === undefined || grant === undefined || route === undefined) throw new Error('not found');
    const about = (found: typeof hold) => eventsOf(found).map(({ subject }) => subject.split(' ')[0]);
    expect(about(hold)).toEqual(['h-1', 'g-1']);
    expect(about(grant)).toEqual(['g-1']);
    expect(about(route)).toEqual(['h-1', 'g-1', MODEL]);
    const lines = foundLines(hold, TELLING, [bad]);
    expect(lines[0]).toBe('google/ai-studio/shop');
    expect(lines.join('\n')).toContain(`hold-opened  h-1 credential ${CREDENTIAL}: permission/key-leaked`);
    expect(lines.join('\n')).not.toContain('h-12');
  });

  test('of a route are the stops that cover it, not those of another key', () => {
    const other = { ...HOLD, id: 'h-2', scope: { kind: 'credential', key: 'f'.repeat(16) } } as const;
    const [route] = findInRoutes([{ ...bad, holds: [HOLD, other] }], MODEL);
    if (route === undefined) throw new Error('not found');
    const text = foundLines(route, TELLING, [bad]).join('\n');
    expect(text).toContain('HOLD h-1');
    expect(text).not.toContain('HOLD h-2');
  });
});

describe('list --causes', () => {
  const tell = (found: Parameters<typeof causesOf>[0]['found']) =>
    causeLines(causesOf({ found, lookedAt: found.length, complete: true }), {
      now: NOW,
      server: ['--address', 'temporal:7233'],
    }).map(command);

  test('each with the line that resumes it and the line that lets it leave, priced for all of them', () => {
    const server = '--address temporal:7233';
    const { cause: _, ...plain } = waiting('plain', { since: NOW - 60_000 });
    expect(tell([waiting('oldest'), waiting('next'), plain])).toEqual([
      `2 × permission@credential:${CREDENTIAL}, hold h-1 of google/ai-studio/shop`,
      `  since ${time(-3_600_000)} (60 min); 2 held; key-leaked`,
      '  held by h-1: the key was reported as leaked',
      '  evidence 0123456789abcdef',
      '  once the cause is fixed',
      `    $ routes resume h-1 --why '…' --governor google/ai-studio/shop ${server}`,
      '  or let 2 leave to backup, at most 0.134 USD each and 0.268 USD in all',
      `    $ approve --cause permission@credential:${CREDENTIAL} --route backup --until 2h --max-cost 0.27 ` +
        `--evidence 0123456789abcdef --why '…' --governor google/ai-studio/shop ${server}`,
      '  the oldest',
      `    $ show oldest ${server}`,
      '',
      '1 × permission',
      `  since ${time(-60_000)} (60 s); 1 held; key-leaked`,
      '  held by h-1: the key was reported as leaked',
      '  evidence 0123456789abcdef',
      '  the oldest',
      `    $ show plain ${server}`,
      '',
    ]);
  });

  test('where no governor is, one of them tries: nobody resumes a hold or grants for it', () => {
    const found = [waiting('oldest'), waiting('next')];
    const listing = causesOf({ found, lookedAt: 2, complete: true });
    const local = Object.assign(
      listing.map((group) => ({ ...group, isLocal: true as const })),
      { lookedAt: 2, complete: true },
    );
    const text = causeLines(local, { now: NOW, server: [] }).map(command).join('\n');
    expect(text).toContain("$ retry oldest --why '…'");
    expect(text).not.toContain('routes resume');
    expect(text).not.toContain('approve');
  });

  test('what a person paused is resumed, never granted', () => {
    const cause = { branch: 'operator', reason: 'paused', scope: HOLD.scope, hold: 'h-1', account: bad.id };
    const text = tell([waiting('a', { cause })]).join('\n');
    expect(text).toContain('routes resume h-1');
    expect(text).not.toContain('approve');
  });
});

describe('what came of it', () => {
  test.each([
    [{ woken: 0, left: 0 }, 'nobody waits for it'],
    [{ woken: 3012, left: 0 }, '3012 woken'],
    [
      { woken: 60, left: 1, why: 'the time for it was over' },
      '60 woken; 1 is left (the time for it was over): it looks again by itself within 5 minutes',
    ],
    [
      { woken: 60, left: 2952, why: 'the time for it was over' },
      '60 woken; 2952 are left (the time for it was over): they look again by themselves within 5 minutes',
    ],
  ])('%j: %s', (woken, words) => {
    expect(wokenWords(woken)).toBe(words);
  });

  test('a hold that is held again says why', () => {
    const now = { ...HOLD, message: 'Your API key is still leaked.' };
    const resumed = { governor: bad.id, hold: 'h-1', woken: 1, left: 2, before: HOLD } as const;
    expect(resumedLines({ ...resumed, phase: 'held', now })).toEqual([
      `held again  h-1  permission  credential:${CREDENTIAL} of ${bad.id}`,
      '  it was tried, and the cause is still there: Your API key is still leaked.',
    ]);
    expect(resumedLines({ ...resumed, woken: 0, left: 0, phase: 'probing', now })[1]).toContain(
      'nobody waits for it, so the next generation goes on with it',
    );
  });
});

describe('--until', () => {
  test('is a duration from now, or a time to come', () => {
    const before = Date.now();
    expect(timeToCome('2h').getTime()).toBeGreaterThanOrEqual(before + 7_200_000);
    expect(timeToCome('2099-01-31T18:00Z').toISOString()).toBe('2099-01-31T18:00:00.000Z');
    for (const wrong of ['2', 'tomorrow', '0', '2020-01-01T00:00Z', '']) {
      expect(() => timeToCome(wrong)).toThrow('Give a duration from now');
    }
  });
});

describe('quiet hours', () => {
  const noon = Date.UTC(2026, 10, 26, 12, 20);
  const every = (n: number, at: Readonly<Record<number, number>> = {}) =>
    Array.from({ length: 24 }, (_, hour) => at[hour] ?? n);
  const model = 'gemini-3-pro-image';

  test('are told with when they come and what they are learned from', () => {
    const counts = { model, tier: 'standard', calls: every(50), capacity: every(20, { 14: 1 }) };
    expect(quietLine(counts, noon)).toBe(
      `  quiet hours of ${model}: in 100 min, for 60 min; ${model}, capacity failures at 12 h: 40 % of 50 calls; at 14 h: 2 % of 50 calls; 38 % over the day (learned, UTC)`,
    );
    expect(quietLine({ ...counts, tier: 'priority' }, Date.UTC(2026, 10, 26, 14, 20))).toContain(
      `${model} (priority): now, for 40 min; `,
    );
  });

  test('that are not known yet say what is missing', () => {
    const counts = { model, tier: 'standard', calls: every(0, { 3: 30 }), capacity: every(0) };
    expect(quietLine(counts, noon)).toContain(
      'not known; no quiet hours are configured, and none are learned yet',
    );
  });
});
