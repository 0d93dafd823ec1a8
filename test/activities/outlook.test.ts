/** What the activities report of a route that is held, degraded or too slow, and of grants; they decide nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notYet } from '../../activities/failures.ts';
import type {
  CheckQuotaInput,
  HeldAnswer,
  TakeGrantInput,
  WaitAnswer,
} from '../../src/contract/generation.ts';
import type { Degraded, Grant } from '../../src/contract/standing.ts';
import type { Route } from '../../src/domain/path.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import type { GrantRequest, Outlook, QuotaBroker } from '../../src/quota/broker.ts';
import { FLASH, PRO } from '../support/attempts.ts';
import type { World } from '../support/activity-world.ts';
import { activityEnvironment, KEY, world } from '../support/activity-world.ts';
import { degraded, grant, hold } from '../support/standing.ts';

const BACKUP_KEY = 'backup-key-0123456789';

/** A broker that says of each route what a test wants. */
const standing = {
  outlook: (_: Route): Outlook => ({ kind: 'go' }),
  degraded: (_: Route): Degraded | undefined => undefined,
  grant: undefined as Grant | undefined,
  asked: [] as GrantRequest[],
};
const broker: QuotaBroker = {
  outlook: ({ route }) => standing.outlook(route),
  degraded: (route) => standing.degraded(route),
  takeGrant: (request) => {
    standing.asked.push(request);
    return Promise.resolve(standing.grant);
  },
  acquire: () => Promise.reject(new Error('nothing is sent here')),
  report: () => undefined,
  witness: () => undefined,
  limits: () => [],
  msToDailyReset: () => 0,
};

let w: World;
beforeAll(async () => {
  w = await world({ keys: [KEY, BACKUP_KEY] }, (baseUrl) => ({
    apiKey: undefined,
    routes: [
      { name: 'main', apiKey: KEY, baseUrl, project: 'shop' },
      { name: 'backup', apiKey: BACKUP_KEY, baseUrl, project: 'spare' },
    ],
    quota: broker,
  }));
});
afterAll(() => w.close());
beforeEach(() => {
  standing.outlook = () => ({ kind: 'go' });
  standing.degraded = () => undefined;
  standing.grant = undefined;
  standing.asked = [];
});

async function check(draft: Omit<RequestDraft, 'prompt'> = {}, given: Partial<CheckQuotaInput> = {}) {
  const request = resolveRequest({ prompt: 'a fox', ...draft });
  const startedAt = Date.now();
  return await w.activities['gemini.checkQuota']({
    generationId: 'g',
    request,
    startedAt,
    variation: { rung: 0 },
    ...given,
  });
}

async function snapshotOf(draft: Omit<RequestDraft, 'prompt'>): Promise<PolicySnapshot> {
  const answer = await check(draft);
  if (answer.kind === 'invalid') throw new Error('invalid');
  return answer.snapshot as PolicySnapshot;
}

const quotaOf = ({ emulator }: World) => `google/custom/shop/${emulator.url}`;
const held = { kind: 'held', hold: hold(), why: 'the key leaked' } as const;
const onMain = ({ name }: Route) => name === 'main';

describe('checkQuota: held', () => {
  it('tells the hold, its evidence, whose governor has it, and which rungs are stopped as well', async () => {
    standing.outlook = (route) => (onMain(route) ? held : { kind: 'go' });
    const answer = await check({ allow: { models: 'chain' } });
    expect(answer).toMatchObject({
      kind: 'held',
      hold: { id: 'h-3' },
      evidence: 'e'.repeat(64),
      account: quotaOf(w),
      // The route-out has a key of its own.
      stopped: [0, 1, 2],
      snapshot: { permits: { ask: true, looks: true } },
    });
  });

  it('I12: without stored evidence the name of the hold is digested, the same in each process', async () => {
    const { evidence: _none, ...young } = hold();
    standing.outlook = () => ({ ...held, hold: young });
    const [one, other] = [await check(), await check()] as [HeldAnswer, HeldAnswer];
    expect(one.evidence).toMatch(/^[0-9a-f]{64}$/);
    expect(other.evidence).toBe(one.evidence);
    standing.outlook = () => ({ ...held, hold: { ...young, since: young.since + 1 } });
    expect(((await check()) as HeldAnswer).evidence).not.toBe(one.evidence);
  });
});

describe('checkQuota: degraded', () => {
  const allow = { models: 'chain', tiers: ['priority'] } as const;

  it('a call that may leave is told the first allowed rung that is neither stopped nor degraded', async () => {
    standing.degraded = ({ model }) => (model === PRO.model ? degraded() : undefined);
    expect(await check({ allow }, { notElsewhere: [] })).toMatchObject({
      kind: 'elsewhere',
      rung: 2,
      degraded: { share: 0.42 },
    });
    standing.outlook = ({ model }) => (model === FLASH.model ? held : { kind: 'go' });
    expect(await check({ allow }, { notElsewhere: [] })).toMatchObject({ kind: 'elsewhere', rung: 3 });
    expect(await check({ allow }, { notElsewhere: [3] })).toMatchObject({ kind: 'go' });
  });

  it('one that may not leave, or that allows nothing else, waits as it is told', async () => {
    standing.degraded = () => degraded();
    expect(await check({ allow })).toMatchObject({ kind: 'go' });
    expect(await check({}, { notElsewhere: [] })).toMatchObject({ kind: 'go' });
  });

  it('not where it costs more than maxCostUsd', async () => {
    standing.degraded = ({ tier }) => (tier === 'standard' ? degraded() : undefined);
    const { rungs } = await snapshotOf({ allow });
    const maxCostUsd = (rungs[1]?.worstUsd[0] ?? 0) - 0.001;
    expect(await check({ allow, maxCostUsd }, { notElsewhere: [] })).toMatchObject({ kind: 'go' });
  });
});

describe('checkQuota: waits', () => {
  const wait = {
    kind: 'wait',
    ms: 60_000,
    why: '10 per minute',
    limit: 'rpm',
    place: 84,
    perMinute: 10,
  } as const;

  it('one that is in time is told as it is; one that may be late has the evidence of its numbers', async () => {
    standing.outlook = (route) => (onMain(route) ? wait : held);
    const { snapshot: _one, ...soon } = (await check()) as WaitAnswer & { snapshot?: unknown };
    expect(soon).toEqual(wait);
    const { snapshot: _other, ...late } = (await check({ deadlineMs: 90_000 })) as WaitAnswer & {
      snapshot?: unknown;
    };
    expect(late).toEqual({ ...wait, evidence: expect.stringMatching(/^[0-9a-f]{64}$/), stopped: [1] });
  });

  it('where it is asked for, the scope that the route shares is told beside any answer', async () => {
    standing.outlook = (route) => (onMain(route) ? wait : { kind: 'go' });
    expect(await check({}, { scope: 'project' })).toMatchObject({
      kind: 'wait',
      shares: { account: quotaOf(w), scope: { kind: 'project', key: 'shop' } },
    });
    const route = await check({}, { scope: 'route' });
    expect(route).toMatchObject({
      shares: {
        scope: { kind: 'route', key: expect.stringMatching(/^[0-9a-f]{16}\/gemini-3-pro-image\/standard$/) },
      },
    });
  });
});

describe('checkQuota: a day that is over', () => {
  const over = { kind: 'wait', ms: 8 * 3_600_000, why: '250 a day', limit: 'rpd', place: 1 } as const;
  const allow = { models: 'chain', tiers: ['priority'] } as const;

  it('a retest leaves for an allowed model whose day is not over, though a degraded route it would not leave', async () => {
    standing.outlook = ({ model }) => (model === PRO.model ? over : { kind: 'go' });
    standing.degraded = ({ model }) => (model === PRO.model ? degraded() : undefined);
    const retest = { notElsewhere: [0], staysDegraded: true } as const;
    expect(await check({ allow }, retest)).toMatchObject({
      kind: 'elsewhere',
      rung: 2,
      dayIsOver: '250 a day',
    });
    expect(await check({}, retest)).toMatchObject({ kind: 'wait', limit: 'rpd' });
    standing.outlook = () => ({ kind: 'go' });
    expect(await check({ allow }, retest)).toMatchObject({ kind: 'go' });
  });
});

describe('checkQuota: an open breaker', () => {
  const why = 'gemini-3-pro-image: 7 of 9 calls within a minute ended in capacity, next try in 12 s';
  const open = { kind: 'wait', ms: 12_000, why, limit: 'breaker', place: 1 } as const;
  const allow = { models: 'chain', tiers: ['priority'] } as const;

  it('whoever allows another model does not wait behind it, a retest neither: five failures of everyone are proof', async () => {
    standing.outlook = ({ model }) => (model === PRO.model ? open : { kind: 'go' });
    for (const leaving of [{ notElsewhere: [] }, { notElsewhere: [0], staysDegraded: true }] as const) {
      expect(await check({ allow }, leaving)).toMatchObject({ kind: 'elsewhere', rung: 2, breaker: why });
    }
  });

  it('not for a rung whose own breaker is open, nor where nothing else is allowed: it waits for the trial', async () => {
    standing.outlook = () => open;
    expect(await check({ allow }, { notElsewhere: [] })).toMatchObject({ kind: 'wait', limit: 'breaker' });
    standing.outlook = ({ model }) => (model === PRO.model ? open : { kind: 'go' });
    expect(await check({}, { notElsewhere: [] })).toMatchObject({ kind: 'wait', limit: 'breaker' });
  });

  it('half-open, a trial is waited for: what it shows is a moment away', async () => {
    standing.outlook = ({ model }) => (model === PRO.model ? { ...open, limit: 'trial' } : { kind: 'go' });
    expect(await check({ allow }, { notElsewhere: [] })).toMatchObject({ kind: 'wait', limit: 'trial' });
  });
});

describe('gemini.wait', () => {
  it('a day that was used up since the check is asked about again soon; a minute is slept out', () => {
    const wait = { kind: 'wait', ms: 8 * 3_600_000, why: '250 a day', limit: 'rpd', place: 1 } as const;
    expect(notYet(wait).details).toMatchObject([{ ...wait, ms: 30_000 }]);
    expect(notYet({ ...wait, ms: 2_000 }).details).toMatchObject([{ ms: 2_000 }]);
    expect(notYet({ ...wait, limit: 'rpm', ms: 60_000 }).details).toMatchObject([{ ms: 60_000 }]);
  });

  it('I1: a hold with the longest words stays under 3 KiB, and carries what a person decides on', () => {
    const long = hold({ message: '漢'.repeat(300), reason: 'x'.repeat(60) });
    const failure = notYet({ kind: 'held', hold: long, why: '漢'.repeat(3_000) });
    expect(failure).toMatchObject({
      type: 'gemini.wait',
      nonRetryable: true,
      details: [{ kind: 'held', evidence: long.evidence }],
    });
    expect(Buffer.byteLength(JSON.stringify([failure.message, failure.details]))).toBeLessThan(3 * 1024);
  });
});

describe('fallBack', () => {
  it('a rung that is held is closed, and says by what; one that is about to be proved is open', async () => {
    const request = resolveRequest({ prompt: 'a fox', allow: { models: 'chain' } });
    const { rungs } = await snapshotOf({ allow: { models: 'chain' } });
    const input = { generationId: 'g', request, snapshot: { rungs }, variation: { rung: 1 } };
    standing.outlook = () => held;
    expect(await w.activities['gemini.fallBack'](input)).toEqual({ kind: 'closed', why: 'the key leaked' });
    standing.outlook = () => ({ ...held, hold: hold({ phase: 'trial' }) });
    expect(await w.activities['gemini.fallBack'](input)).toMatchObject({ kind: 'open' });
  });

  it('a dearer tier of an overloaded model is passed over where it is overloaded too and another rung is free', async () => {
    const allow = { tiers: ['priority'], models: 'chain' } as const;
    const request = resolveRequest({ prompt: 'a fox', allow });
    const { rungs } = await snapshotOf({ allow });
    const rung = rungs.findIndex(({ kind }) => kind === 'tier');
    const input = { generationId: 'g', request, snapshot: { rungs }, variation: { rung } };
    const fall = () => w.activities['gemini.fallBack'](input);
    expect(await fall()).toMatchObject({ kind: 'open' });
    standing.degraded = ({ tier }) => (tier === 'priority' ? degraded() : undefined);
    expect(await fall()).toEqual({
      kind: 'closed',
      why: `${PRO.model} is overloaded at its priority tier too: 42 % of 130 calls failed there`,
    });
    // Nothing else is left that would be better.
    standing.degraded = () => degraded();
    expect(await fall()).toMatchObject({ kind: 'open' });
    const alone = { ...input, snapshot: { rungs: rungs.filter(({ kind }) => kind !== 'fallback') } };
    standing.degraded = ({ tier }) => (tier === 'priority' ? degraded() : undefined);
    expect(await w.activities['gemini.fallBack'](alone)).toMatchObject({ kind: 'open' });
  });

  it('a fallback whose date has passed since is closed; the same model is open where it was asked for', async () => {
    const model = 'gemini-nano-banana-2.1';
    const catalogue = [{ endpoint: 'ai-studio', model, shutdownDate: '2020-01-31' }] as const;
    const later = await world({}, { catalogue });
    try {
      const request = resolveRequest({ prompt: 'a fox', allow: { models: 'chain' } });
      const snapshot = await snapshotOf({ allow: { models: 'chain' } });
      const rungs = snapshot.rungs.map((each) => ({ ...each, route: 'default' }));
      const rung = rungs.findIndex((each) => each.model === model);
      const input = { generationId: 'g', request, snapshot: { rungs }, variation: { rung } };
      expect(await later.activities['gemini.fallBack'](input)).toEqual({
        kind: 'closed',
        why: expect.stringMatching(/^gemini-nano-banana-2\.1 retired \d+ days ago$/) as string,
      });
      const asked = rungs.map((each) => ({ ...each, kind: 'tier' as const }));
      const again = { ...input, snapshot: { rungs: asked } };
      expect(await later.activities['gemini.fallBack'](again)).toMatchObject({ kind: 'open' });
    } finally {
      await later.close();
    }
  });
});

describe('takeGrant', () => {
  const rung = { route: 'main', model: PRO.model, tier: 'standard' } as const;
  const input: TakeGrantInput = {
    generationId: 'g',
    rung,
    branch: 'permission',
    offers: [{ route: 'backup', worstUsd: 0.4 }],
  };
  const take = (given: Partial<TakeGrantInput> = {}) =>
    activityEnvironment().run(w.activities['gemini.takeGrant'], { ...input, ...given });

  it('asks the broker for the route that failed, and gives what it gave', async () => {
    standing.grant = grant();
    expect(await take()).toEqual({ grant: grant() });
    expect(standing.asked).toMatchObject([
      {
        generationId: 'g',
        route: { name: 'main', model: PRO.model, account: { project: 'shop' } },
        cause: { branch: 'permission' },
        offers: input.offers,
      },
    ]);
  });

  it('none: an empty answer', async () => {
    expect(await take()).toEqual({});
  });

  it('I14: for a policy verdict nothing is asked, whatever grants there are', async () => {
    standing.grant = grant();
    expect(await take({ branch: 'policy' })).toEqual({});
    expect(await take({ offers: [] })).toEqual({});
    expect(await take({ rung: { ...rung, route: 'of another worker' } })).toEqual({});
    expect(standing.asked).toEqual([]);
  });
});
