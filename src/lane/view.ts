/** What a lane tells of itself: the answer of its query, and its details for the Temporal UI. */
import type { LaneOf, LaneView } from '../contract/lane.ts';
import type { LaneState } from './state.ts';

export function laneView({ route, model, account }: LaneOf, { limits, waiting, jobs }: LaneState): LaneView {
  return {
    ...{ route, model, account, limits, waiting: waiting.length },
    jobs: jobs.map(({ name, phase, items, since, nextAt, why, ...job }) => ({
      ...{ name, phase, items, since, nextAt },
      ...('job' in job ? { job: job.job } : {}),
      ...(why === undefined ? {} : { why }),
    })),
  };
}

export function laneDetails({ model, account }: LaneOf, state: LaneState): string {
  const { waiting, jobs, limits } = state;
  const first = waiting[0];
  const closes =
    first === undefined ? '' : `; closed by ${new Date(first.at + limits.ageMs).toISOString()} at the latest`;
  return [
    `**${model}** on ${account}: ${waiting.length} collected of ${limits.items}${closes}`,
    ...jobs.map(
      ({ name, phase, items, nextAt, why }) =>
        `- ${name}: ${phase}${items === 0 ? '' : `, ${items} items`}, next at ${new Date(nextAt).toISOString()}` +
        (why === undefined ? '' : `: ${why}`),
    ),
  ].join('\n');
}
