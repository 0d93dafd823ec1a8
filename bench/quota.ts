/**
 * `npm run -s bench:quota`: how well a fleet of worker processes uses a quota it shares, against what teams
 * do today. Four processes, three times the limit, all four forms of a quota; then real minutes, and the
 * days on which plain pacing does not do. See BENCHMARKS.md for what this does and does not measure.
 *
 * With `--json` the last line is `{"ours":{"use","share429","callsPerImage","updatesPerSecondPerProcess",
 * "updatesPerSecondFleet"},"pRetry":{…},"genaiRetry":{…},"taskQueueLimit":{…}}`: of the overload, the worst of
 * the four forms, shares as 0–1. Where a client got no image at all, `callsPerImage` is the calls it made.
 * Exit code 1 when the bench itself fails, a missing baseline included, never for a number.
 *
 * `--quick` is too short for figures. `--only overload,baselines,scenarios,minutes,growth,virtual` runs parts and
 * `--forms S,S+R` some forms of the overload, without a last line. `--quota local` gives each of our processes an equal part of the limit instead of the governor.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callers } from './quota/callers.ts';
import type { Outcome } from './quota/contest.ts';
import { runPhase } from './quota/contest.ts';
import { growth, tellGrowth } from './quota/growth.ts';
import { ours } from './quota/ours.ts';
import { FULL, QUICK, durationMs } from './quota/plan.ts';
import { tell, worst, worstOfOurs } from './quota/report.ts';
import { burst, overload, realMinutes, scaleOut, skew, wrongLimit } from './quota/scenarios.ts';
import { taskQueueLimit } from './quota/task-queue.ts';
import { tellVirtual } from './quota/virtual.ts';

const PARTS = ['overload', 'baselines', 'scenarios', 'minutes', 'growth', 'virtual'] as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: PARTS.join(',') },
    quota: { type: 'string', default: 'fleet' },
    forms: { type: 'string', default: '' },
  },
});
const plan = values.quick ? QUICK : FULL;
const quota = values.quota === 'local' ? 'local' : 'fleet';
const parts = values.only.split(',');
for (const part of parts) {
  if (!PARTS.some((known) => known === part))
    throw new Error(`--only ${part}: there are ${PARTS.join(', ')}`);
}
const { processes } = plan;
const overloaded = overload(plan).filter(
  ({ form }) => values.forms === '' || values.forms.split(',').includes(form),
);
const outcomes: Outcome[] = [];

async function phase(title: string, contests: Parameters<typeof runPhase>[0]): Promise<void> {
  const result = await runPhase(contests, directory);
  outcomes.push(...result.outcomes);
  tell(title, result);
}

console.log(
  `Quota of ${plan.overloadSpan.perWindow} calls per window of 20 s, a minute scaled 1:3, and so are the waits of all clients; ` +
    `${processes} processes each. The first ${plan.overloadSpan.excluded} windows are left out.`,
);
const directory = await mkdtemp(join(tmpdir(), 'gemini-images-quota-'));
try {
  if (parts.includes('overload')) {
    await phase(`Ours at ${plan.overload}× the limit`, [
      ours(overloaded, { processes, quota, queues: 'shared' }),
    ]);
  }
  if (parts.includes('baselines')) {
    await phase(`Baselines at ${plan.overload}× the limit`, [
      callers('pRetry', overloaded, processes, processes),
      callers('genaiRetry', overloaded, processes, processes),
      taskQueueLimit(overloaded, processes),
    ]);
  }
  if (parts.includes('scenarios')) {
    const uneven = [...burst(plan), ...skew(plan), ...wrongLimit(plan)];
    await phase('Bursts, skew, a wrong limit: ours and pacing at 95 % of limit/4', [
      ours(uneven, { processes, quota, queues: 'own' }),
      callers('pacing', uneven, processes, processes),
    ]);
    const growing = scaleOut(plan);
    const joining = { processes, atMs: durationMs(plan.scenarioSpan) / 2 };
    await phase('Scale-out of ours and pacing', [
      ours(growing, { processes, quota, queues: 'own', joining }),
      callers('pacing', growing, 2 * processes, processes),
    ]);
  }
  if (parts.includes('minutes')) {
    // By itself: processes that join build their bundles, and these two cores have nothing to spare then.
    await phase('Ours in real minutes', [ours(realMinutes(plan), { processes, quota, queues: 'shared' })]);
  }
  if (parts.includes('growth')) {
    const growing = growth(plan, processes);
    await phase("The governor's cost as the queue grows", [growing.contest]);
    tellGrowth(growing.seen);
  }
  if (parts.includes('virtual')) await tellVirtual(plan);
} finally {
  await rm(directory, { recursive: true, force: true });
}

if (parts.length < PARTS.length || values.forms !== '') console.log('\nOnly some parts ran: no last line.');
else if (values.json) {
  const figures = outcomes.filter(({ target }) => target.name === target.form);
  console.log(
    JSON.stringify({
      ours: worstOfOurs(figures),
      pRetry: worst(figures, 'pRetry'),
      genaiRetry: worst(figures, 'genaiRetry'),
      taskQueueLimit: worst(figures, 'taskQueueLimit'),
    }),
  );
}
