/**
 * One tenant's budget over real processes, a real server and a provider that bills: fifty generations on
 * four processes, of which one is killed. The provider's ledger is the judge.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { BudgetLimit, BudgetView } from '../../src/contract/budget.ts';
import { budgetWorkflowId, ENTITY_QUERIES } from '../../src/contract/names.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { REQUEST, startFleetRig } from '../support/fleet-rig.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

const TENANT = 'acme';
/** One call may cost $0.15, and costs $0.05. */
const CAP_USD = 1.5;
const PROCESSES = 4;
const GENERATIONS = 50;

let rig: FleetRig;
afterEach(() => rig.close());

/** A zone where it is about noon now: no midnight comes in the middle of a test. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

async function fleet(): Promise<readonly WorkerProcess[]> {
  rig = await startFleetRig({
    emulator: { latencyMs: { meanMs: 500, spread: 0.5 } },
  });
  const budgets: readonly BudgetLimit[] = [
    { tenant: '*', usd: CAP_USD, period: 'day', timeZone: noonZone() },
  ];
  return await Promise.all(
    Array.from({ length: PROCESSES }, () => rig.fleetProcess({ budgets, concurrency: 50 })),
  );
}

const view = () =>
  rig.client.workflow.getHandle(budgetWorkflowId(TENANT)).query<BudgetView>(ENTITY_QUERIES.budget);

async function spent() {
  const { budgets } = await view();
  const { sureUsd = 0, possibleUsd = 0 } = budgets[0]?.now ?? {};
  return { sureUsd, possibleUsd, leasedUsd: budgets[0]?.leasedUsd ?? 0 };
}

const billedUsd = () => rig.calls().reduce((sum, { usd }) => sum + usd, 0);

/** Each generation's result, or its failure: those for which there is no money end, because nobody is to be asked. */
async function run(deadlineMs?: number): Promise<readonly (GenerationResult | GenerationFailed)[]> {
  const asked = {
    ...REQUEST,
    tenant: TENANT,
    urgency: 'interactive',
    routeOut: 'never',
    callTimeoutMs: 10_000,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  } as const;
  const started = await Promise.all(Array.from({ length: GENERATIONS }, () => rig.images.start(asked)));
  return await Promise.all(
    started.map(({ id }) =>
      rig.images.result(id).catch((error: unknown) => {
        if (error instanceof GenerationFailed) return error;
        throw error;
      }),
    ),
  );
}

describe('a budget of a fleet', () => {
  it('50 generations on 4 processes spend no more than the cap, and nearly all of it', async () => {
    await fleet();
    const outcomes = await run();
    const failed = outcomes.filter((outcome) => outcome instanceof GenerationFailed);
    expect(billedUsd()).toBeLessThanOrEqual(CAP_USD);
    expect(billedUsd()).toBeGreaterThan(CAP_USD * 0.8);
    expect(failed.length).toBe(GENERATIONS - rig.bills());
    expect(failed[0]?.message).toMatch(/tenant acme: \$1\.\d\d of \$1\.50 spent today/);
    await eventually('all money settled or given back', async () => (await spent()).leasedUsd === 0);
    expect((await spent()).sureUsd).toBeCloseTo(billedUsd(), 3);
  }, 300_000);

  it('a process is killed in mid-call: the cap holds, and what it left is counted until its lease ends', async () => {
    const [first] = await fleet();
    // The dead one's lease outlasts them all: who waits for its money ends at the deadline.
    const running = run(120_000);
    await rig.reached(6);
    first?.signal('SIGKILL');
    await running;
    expect(billedUsd()).toBeLessThanOrEqual(CAP_USD);
    await eventually('what the living hold to be settled', async () => {
      const { processes } = await view();
      return processes.filter(({ heldUsd }) => heldUsd > 0).length <= 1;
    });
    const { sureUsd, possibleUsd, leasedUsd } = await spent();
    expect(sureUsd + possibleUsd).toBeLessThanOrEqual(CAP_USD);
    expect(sureUsd + possibleUsd + leasedUsd).toBeGreaterThanOrEqual(billedUsd() - 0.001);
  }, 300_000);
});
