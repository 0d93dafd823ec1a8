/** Money at the one place where calls are made: reserved before the slot, settled once by what they came to. */
import { afterEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { storeJournal } from '../../activities/wallet-journal.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { GenerateInput, MadePrompts, MakePromptInput } from '../../src/contract/generation.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import type { GeminiImagesPluginOptions } from '../../src/plugin/options.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import type { LocalWallet } from '../../src/quota/wallet-local.ts';
import type { World } from '../support/activity-world.ts';
import { activityEnvironment, KEY, thrown, world } from '../support/activity-world.ts';
import { eventually } from '../support/eventually.ts';

const DRAFT: RequestDraft = { prompt: 'a fox', tenant: 'acme' };
let open: World[] = [];

afterEach(async () => {
  await Promise.all(open.map((made) => made.close()));
  open = [];
});

interface Budgeted extends Pick<World, 'emulator' | 'store'> {
  readonly wallet: LocalWallet;
  /** What one call may cost. */
  readonly worstUsd: number;
  input(draft?: RequestDraft, given?: Partial<GenerateInput>): Promise<GenerateInput>;
  generate(input: GenerateInput): Promise<unknown>;
  readonly activities: World['activities'];
  spent(): { readonly sure: number; readonly possible: number; readonly leased: number };
}

/** A worker whose tenants have this many times one call's worst price for each day. */
async function budgeted(
  times: number,
  options: Partial<GeminiImagesPluginOptions> = {},
  emulatorOptions: EmulatorOptions = {},
): Promise<Budgeted> {
  const w = await world(emulatorOptions);
  open.push(w);
  const [rung] = (await w.input(DRAFT)).snapshot.rungs;
  const worstUsd = rung?.worstUsd[0] ?? 0;
  const budgets = [{ tenant: 'acme', usd: worstUsd * times, period: 'day', timeZone: 'UTC' }] as const;
  const resolved = resolveOptions({
    apiKey: KEY,
    baseUrl: w.emulator.url,
    store: w.store,
    budgets,
    ...options,
  });
  const activities = createActivities({ ...resolved, searchAttributes: () => [] });
  const wallet = resolved.wallet as LocalWallet;
  return {
    ...w,
    activities,
    wallet,
    worstUsd,
    input: (draft = DRAFT, given = {}) => w.input(draft, given),
    generate: (input) => activityEnvironment().run(activities['gemini.generate'], input),
    spent: () => {
      const [budget] = wallet.views()[0]?.budgets ?? [];
      const { sureUsd = 0, possibleUsd = 0 } = budget?.now ?? {};
      return { sure: sureUsd, possible: possibleUsd, leased: budget?.leasedUsd ?? 0 };
    },
  };
}

const settledDown = (b: Budgeted) => eventually('everything settled', () => b.spent().leased === 0);

describe('a budget that is used up', () => {
  it('the call is not made: gemini.wait until the period’s end, with what was spent of what', async () => {
    const b = await budgeted(1);
    await b.generate(await b.input());
    const failure = await thrown(b.generate(await b.input()));
    expect(failure).toMatchObject({ type: 'gemini.wait', nonRetryable: true });
    expect(failure.message).toMatch(
      /^no money for \d+ s: tenant acme: \$\d\.\d\d of \$\d\.\d\d spent today, a call may cost/,
    );
    const tomorrow = new Date().setUTCHours(24, 0, 0, 0) - Date.now();
    const [wait] = failure.details as [{ ms: number; limit: string }];
    expect(wait.limit).toBe('budget');
    expect(wait.ms).toBeGreaterThan(tomorrow - 60_000);
    expect(b.emulator.calls()).toHaveLength(1);
    expect(await b.store.listRecords('attempts/')).toHaveLength(2);
  });

  it('is waited for by checkQuota, before any slot', async () => {
    const b = await budgeted(1);
    await b.generate(await b.input());
    await thrown(b.generate(await b.input()));
    const { generationId, request, startedAt, snapshot } = await b.input();
    const asked = { generationId, request, startedAt, variation: { rung: 0 } };
    const answer = await b.activities['gemini.checkQuota']({ ...asked, snapshot: snapshot as never });
    expect(answer).toMatchObject({ kind: 'wait', limit: 'budget' });
  });

  it('a call that costs more than all of it waits longer than any deadline, and says so', async () => {
    const b = await budgeted(0.5);
    const [wait] = (await thrown(b.generate(await b.input()))).details as [{ ms: number; why: string }];
    expect(wait.ms).toBeGreaterThan(366 * 24 * 3_600_000);
    expect(wait.why).toMatch(/the budget of a day is \$0\.\d\d: raise it or ask for less$/);
    expect(b.emulator.calls()).toEqual([]);
  });

  it('others, who have none, go on', async () => {
    const b = await budgeted(0.5);
    await b.generate(await b.input({ ...DRAFT, tenant: 'other' }));
    expect(b.emulator.calls()).toHaveLength(1);
    expect(b.wallet.views()).toEqual([]);
  });
});

describe('what a call came to', () => {
  it('from usage metadata for sure, once however often it is concluded', async () => {
    const b = await budgeted(3);
    const input = await b.input();
    const { attempt } = (await b.generate(input)) as { attempt: { cost: { sureUsd: number } } };
    await b.generate(input);
    await activityEnvironment().run(b.activities['gemini.extract'], input);
    await settledDown(b);
    expect(b.spent().sure).toBeCloseTo(attempt.cost.sureUsd, 5);
    expect(b.spent().sure).toBeGreaterThan(0);
    expect(b.spent().sure).toBeLessThan(b.worstUsd);
  });

  it('possibly, at the worst price, when the connection broke after the send', async () => {
    const b = await budgeted(3);
    b.emulator.addFaults({ times: 1, action: 'reset-after' });
    await thrown(b.generate(await b.input()));
    await settledDown(b);
    expect(b.spent()).toMatchObject({ sure: 0 });
    expect(b.spent().possible).toBeCloseTo(b.worstUsd, 5);
  });

  it('nothing when it was refused: the whole price is free again', async () => {
    const b = await budgeted(1);
    b.emulator.addFaults({ times: 1, action: 'capacity' });
    await thrown(b.generate(await b.input()));
    await b.generate(await b.input());
    expect(b.emulator.calls()).toHaveLength(2);
  });

  it('a call whose worker was lost is possible by whoever finds its fence', async () => {
    const b = await budgeted(3);
    const input = await b.input({ ...DRAFT, callTimeoutMs: 1_000 });
    await b.store.createRecord(`attempts/${input.generationId}/1/fence`, {
      requestDigest: input.snapshot.requestDigest,
      fingerprint: 'f',
      sentAt: Date.now() - 10_000,
      callTimeoutMs: 1_000,
      worker: 'gone',
    });
    await thrown(b.generate(input));
    expect(b.spent().possible).toBeCloseTo(b.worstUsd, 5);
  });

  it('a text model’s call is money, too', async () => {
    const b = await budgeted(3);
    const input = await b.input({ ...DRAFT, allow: { rewrite: 'auto' } });
    const { text } = input.snapshot as unknown as Pick<MakePromptInput, 'text'>;
    const against = { branch: 'safety-image', reason: 'image-safety' } as const;
    const given = { ...input, remedy: 'rewrite', text, against } as const;
    const made = activityEnvironment().run(b.activities['gemini.makePrompt'], given);
    const { attempt } = (await made) as MadePrompts;
    await settledDown(b);
    expect(b.spent().sure).toBeCloseTo(attempt.cost.sureUsd, 5);
    expect(b.spent().sure).toBeGreaterThan(0);
  });
});

describe('nothing was sent', () => {
  it('no slot soon enough: the money is free again', async () => {
    const b = await budgeted(9, { limits: { 'gemini-3-pro-image': { rpm: 1 } } });
    await b.generate(await b.input());
    const failure = await thrown(b.generate(await b.input()));
    expect(failure.details[0]).toMatchObject({ limit: 'rpm' });
    await settledDown(b);
    expect(b.spent().sure).toBeLessThan(b.worstUsd);
  });

  it('another run closed the fence first: the money is free again, and its outcome is used', async () => {
    const b = await budgeted(2);
    const input = await b.input();
    const first = b.generate(input);
    expect(await b.generate(input)).toEqual(await first);
    await settledDown(b);
    expect(b.emulator.calls()).toHaveLength(1);
    expect(b.spent().sure).toBeLessThan(b.worstUsd);
  });
});

describe('the journal in the store', () => {
  it('gives an heir what a process wrote for one request, whatever the names are', async () => {
    const journal = storeJournal(new MemoryArtifactStore());
    const settlement = { key: 'k', stamp: { day: 1 }, sureMicros: 5, possibleMicros: 0 };
    const entry = { tenant: 'a/b %', process: 'host/1/ab', seq: 2, settlement };
    await journal.write(entry);
    await journal.write(entry);
    await journal.write({ ...entry, seq: 20 });
    await journal.write({
      ...entry,
      settlement: { ...settlement, key: 'l', sureMicros: 0, possibleMicros: 5 },
    });
    const found = await journal.read('a/b %', 'host/1/ab', 2);
    expect(found.map((each) => each.settlement.key).sort()).toEqual(['k', 'l']);
    expect(await journal.read('a/b %', 'host/1/ab', 3)).toEqual([]);
    expect(await journal.read('', 'host/1/ab', 2)).toEqual([]);
  });
});
