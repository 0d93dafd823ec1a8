/** Gathers what the report is made of: ended generations, limits and hours of governors, and what is missing. */
import type { GovernorView } from '../contract/exchange.ts';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { QuotaFigure } from '../domain/report/advice/finding.ts';
import type { Report } from '../domain/report/report.ts';
import { reportOf } from '../domain/report/report.ts';
import type { ClientContext } from './context.ts';
import type { CountEndedOptions } from './count-ended.ts';
import { countEnded } from './count-ended.ts';
import { answered, isSilent } from './governors-sight.ts';
import { governors } from './governors.ts';
import { invalid } from './invalid.ts';
import { rpc } from './rpc.ts';

export interface ReportOptions extends CountEndedOptions {
  /** Percent of generations that must be served; advice on another provider depends on it. */
  readonly availability?: number;
}

const HOURS = 24;
const DAY_SECONDS = 86_400;

/** Throws InvalidRequest, ServerUnreachable. */
export async function makeReport(
  context: ClientContext,
  { availability, ...options }: ReportOptions,
): Promise<Report> {
  if (availability !== undefined && !(availability > 0 && availability <= 100)) {
    throw invalid('availability', availability, 'must be a percentage above 0, at most 100: 99.9');
  }
  const [counted, sights, running, retentionDays] = await Promise.all([
    countEnded(context, options),
    governors(context),
    countRunning(context),
    retention(context),
  ]);
  const { figures, since, until, lookedAt, complete, countedSince, readFromResults } = counted;
  const views = answered(sights);
  const learnedHours = hoursOf(views);
  return reportOf({
    since: since.getTime(),
    until: until.getTime(),
    madeAt: Date.now(),
    coverage: {
      lookedAt,
      complete,
      ...(countedSince === undefined ? {} : { countedSince: countedSince.getTime() }),
      ...(retentionDays === undefined ? {} : { retentionDays }),
      ...(running === undefined ? {} : { running }),
      readFromResults,
      silentAccounts: sights.filter(isSilent).map(({ id }) => id),
    },
    figures,
    quotas: views.flatMap(quotasOf),
    ...(learnedHours === undefined ? {} : { learnedHours }),
    ...(availability === undefined ? {} : { availability }),
  });
}

function quotasOf({ id: account, lanes }: GovernorView): readonly QuotaFigure[] {
  return lanes.flatMap(({ limits }) => limits.map((limit) => ({ account, ...limit })));
}

/** All models and tiers together: load is the provider's. */
function hoursOf(
  views: readonly GovernorView[],
): readonly { readonly calls: number; readonly capacity: number }[] | undefined {
  const all = views.flatMap(({ hours = [] }) => hours);
  if (all.length === 0) return undefined;
  return Array.from({ length: HOURS }, (_, hour) => ({
    calls: Math.round(all.reduce((sum, { calls }) => sum + (calls[hour] ?? 0), 0)),
    capacity: Math.round(all.reduce((sum, { capacity }) => sum + (capacity[hour] ?? 0), 0)),
  }));
}

/** Undefined where this server does not count. */
async function countRunning({ client, deadlineMs }: ClientContext): Promise<number | undefined> {
  const query = `WorkflowType = '${WORKFLOW_TYPES.generation}' AND ExecutionStatus = 'Running'`;
  try {
    const { count } = await rpc(client, deadlineMs, 'count running', () => client.workflow.count(query));
    return count;
  } catch {
    return undefined;
  }
}

/** Undefined where the namespace may not be described. */
async function retention({ client, deadlineMs }: ClientContext): Promise<number | undefined> {
  try {
    const { namespace } = client.options;
    const { config } = await rpc(client, deadlineMs, 'describe the namespace', () =>
      client.workflowService.describeNamespace({ namespace }),
    );
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return seconds > 0 ? seconds / DAY_SECONDS : undefined;
  } catch {
    return undefined;
  }
}
