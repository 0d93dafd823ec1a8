/** The dashboard's panels, as data; a test asks a real Prometheus each of their queries. */
import { grown, series } from './promql.ts';

export interface Panel {
  readonly title: string;
  /** One line, shown behind the panel's i. */
  readonly about: string;
  readonly kind: 'timeseries' | 'stat';
  /** Grafana's id of a unit. */
  readonly unit: 'short' | 'percentunit' | 's' | 'currencyUSD' | 'bytes' | 'ops' | 'cpm' | 'dateTimeFromNow';
  readonly queries: readonly {
    readonly expr: string;
    /** With Grafana's fields: `{{model}}`. */
    readonly legend: string;
  }[];
  /** There is nothing to see before something else happened, and no trouble in that. */
  readonly mayBeEmpty?: true;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The dashboard's variable; every series of ours that has a model is chosen by it. */
const MODEL = 'model=~"$model"';
const rate = (counter: string): string => `rate(${counter}[$__rate_interval])`;
const increase = (counter: string): string => `increase(${counter}[$__rate_interval])`;
const attempts = (matchers = ''): string =>
  series('attempts', [MODEL, ...(matchers === '' ? [] : [matchers])].join(','));
const paid = attempts('billed=~"yes|possible"');
const images = series('images', MODEL);
const quantile = (q: number, bucket: string, by: string): string =>
  `histogram_quantile(${q}, sum by (le${by === '' ? '' : `, ${by}`}) (${rate(bucket)}))`;

export const ROWS: readonly Row[] = [
  {
    title: 'Now',
    panels: [
      {
        title: 'Images delivered',
        about: 'Over the last hour.',
        kind: 'stat',
        unit: 'short',
        queries: [{ expr: `sum(${grown('images', '1h', MODEL)})`, legend: 'images' }],
      },
      {
        title: 'Cost',
        about:
          'Over the last hour, in US dollars; what calls without a known outcome may have cost is apart.',
        kind: 'stat',
        unit: 'currencyUSD',
        queries: [
          { expr: `sum by (certainty) (${grown('cost', '1h', MODEL)}) / 1e6`, legend: '{{certainty}}' },
        ],
      },
      {
        title: 'Holds and breakers',
        about: 'What keeps workers from sending. A hold waits for a person.',
        kind: 'stat',
        unit: 'short',
        queries: [{ expr: `max by (quota, kind) (${series('stops')})`, legend: '{{kind}} {{quota}}' }],
      },
      {
        title: 'Degraded routes',
        about: 'Generations that allow another model take it at once.',
        kind: 'stat',
        unit: 'short',
        queries: [{ expr: `max by (quota) (${series('degraded')})`, legend: '{{quota}}' }],
      },
      {
        title: 'Dead letters',
        about: 'Over the last hour; each can be revived.',
        kind: 'stat',
        unit: 'short',
        queries: [{ expr: `sum(${grown('deadLetters', '1h')}) or vector(0)`, legend: 'dead letters' }],
      },
      {
        title: 'Workers',
        about: 'Processes that Prometheus reaches.',
        kind: 'stat',
        unit: 'short',
        queries: [{ expr: 'sum(up{job="gemini-images"})', legend: 'workers' }],
      },
    ],
  },
  {
    title: 'Calls',
    panels: [
      {
        title: 'Attempts by branch',
        about: 'Provider calls by what they came to; none: it went well.',
        kind: 'timeseries',
        unit: 'ops',
        queries: [{ expr: `sum by (branch) (${rate(attempts())})`, legend: '{{branch}}' }],
      },
      {
        title: 'Failures by alert level',
        about: 'As a share of all calls.',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [
          {
            expr: `sum by (level) (${rate(attempts('level!="none"'))}) / ignoring (level) group_left sum(${rate(attempts())})`,
            legend: '{{level}}',
          },
        ],
      },
      {
        title: 'Attempts per delivered generation',
        about: '1 where every first call succeeds; what is above are retests and remedies.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: `sum(${rate(attempts())}) / sum(${rate(series('generations', `outcome="delivered",${MODEL}`))})`,
            legend: 'attempts',
          },
        ],
      },
      {
        title: 'Paid calls per image',
        about: 'Calls that were, or may have been, billed for each image. Above 1.5 something is wrong.',
        kind: 'timeseries',
        unit: 'short',
        queries: [{ expr: `sum(${rate(paid)}) / sum(${rate(images)})`, legend: 'paid calls' }],
      },
      {
        title: 'Time of a call',
        about: 'From the send to the answer.',
        kind: 'timeseries',
        unit: 's',
        queries: [
          {
            expr: quantile(0.5, `${series('callSeconds')}_bucket{${MODEL}}`, 'model'),
            legend: '{{model}} half',
          },
          {
            expr: quantile(0.95, `${series('callSeconds')}_bucket{${MODEL}}`, 'model'),
            legend: '{{model}} 95 %',
          },
        ],
      },
      {
        title: 'Remedies',
        about: 'Calls that were made as a remedy after proof, and whether they helped.',
        kind: 'timeseries',
        unit: 'ops',
        queries: [
          {
            expr: `sum by (remedy, outcome) (${rate(series('remedies'))})`,
            legend: '{{remedy}} {{outcome}}',
          },
        ],
        mayBeEmpty: true,
      },
      {
        title: 'Fallbacks',
        about: 'Calls that left one model for another.',
        kind: 'timeseries',
        unit: 'ops',
        queries: [{ expr: `sum by (from, to) (${rate(series('fallbacks'))})`, legend: '{{from}} → {{to}}' }],
        mayBeEmpty: true,
      },
      {
        title: 'Fallback share',
        about: 'Calls that left for another model, for each generation that was delivered.',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [
          {
            expr: `sum(${rate(series('fallbacks'))}) / sum(${rate(series('generations', 'outcome="delivered"'))})`,
            legend: 'share',
          },
        ],
        mayBeEmpty: true,
      },
    ],
  },
  {
    title: 'Generations',
    panels: [
      {
        title: 'Generations by outcome',
        about: 'Those that ended.',
        kind: 'timeseries',
        unit: 'ops',
        queries: [
          { expr: `sum by (outcome) (${rate(series('generations', MODEL))})`, legend: '{{outcome}}' },
        ],
      },
      {
        title: 'Time to an image',
        about: 'From the start of a generation to its images, waits included.',
        kind: 'timeseries',
        unit: 's',
        queries: [
          {
            expr: quantile(0.5, `${series('generationSeconds')}_bucket{outcome="delivered"}`, ''),
            legend: 'half',
          },
          {
            expr: quantile(0.95, `${series('generationSeconds')}_bucket{outcome="delivered"}`, ''),
            legend: '95 %',
          },
        ],
      },
      {
        title: 'Waits by reason',
        about: 'How many generations waited; the reason is the limit, the branch, or who is waited for.',
        kind: 'timeseries',
        unit: 'cpm',
        queries: [
          {
            expr: `60 * sum by (reason) (${rate(`${series('waitSeconds')}_count`)})`,
            legend: '{{reason}}',
          },
        ],
        mayBeEmpty: true,
      },
      {
        title: 'Mean wait by reason',
        about: 'Of waits that are over.',
        kind: 'timeseries',
        unit: 's',
        queries: [
          {
            expr: `sum by (reason) (${rate(`${series('waitSeconds')}_sum`)}) / sum by (reason) (${rate(`${series('waitSeconds')}_count`)})`,
            legend: '{{reason}}',
          },
        ],
        mayBeEmpty: true,
      },
      {
        title: 'Dead letters by branch',
        about: 'Generations that ended unserved.',
        kind: 'timeseries',
        unit: 'short',
        queries: [{ expr: `sum by (branch) (${increase(series('deadLetters'))})`, legend: '{{branch}}' }],
        mayBeEmpty: true,
      },
    ],
  },
  {
    title: 'Quota',
    panels: [
      {
        title: 'Use of known limits',
        about: 'By model and dimension; the provider refuses above 100 %.',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [
          {
            expr: `max by (model, dimension) (${series('quotaUsed', MODEL)})`,
            legend: '{{model}} {{dimension}}',
          },
        ],
      },
      {
        title: 'Known limits',
        about: 'And where they are known from: configured, read live, or learned from a 429.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: `max by (model, dimension, source) (${series('quotaLimit', MODEL)} > 0)`,
            legend: '{{model}} {{dimension}} {{source}}',
          },
        ],
      },
      {
        title: 'Slots',
        about:
          'Leased and returned by processes of a fleet; granted to calls, sent, limited, unused, expired.',
        kind: 'timeseries',
        unit: 'ops',
        queries: [{ expr: `sum by (event) (${rate(series('slots', MODEL))})`, legend: '{{event}}' }],
      },
      {
        title: 'Closed until',
        about: 'Models that nobody calls for a while: a pause, the day, spending.',
        kind: 'timeseries',
        unit: 'dateTimeFromNow',
        queries: [
          {
            expr: `1000 * max by (model) (${series('quotaClosedUntil', MODEL)} > 0)`,
            legend: '{{model}}',
          },
        ],
        mayBeEmpty: true,
      },
      {
        title: 'Events at governors',
        about: 'Holds, breakers, degraded mode, alerts, grants.',
        kind: 'timeseries',
        unit: 'short',
        queries: [{ expr: `sum by (event) (${increase(series('governorEvents'))})`, legend: '{{event}}' }],
        mayBeEmpty: true,
      },
    ],
  },
  {
    title: 'Money and bytes',
    panels: [
      {
        title: 'Cost per hour',
        about: 'US dollars; possible: what calls without a known outcome may have cost.',
        kind: 'timeseries',
        unit: 'currencyUSD',
        queries: [
          {
            expr: `3600 * sum by (certainty, model) (${rate(series('cost', MODEL))}) / 1e6`,
            legend: '{{model}} {{certainty}}',
          },
        ],
      },
      {
        title: 'Budgets at 50, 80 and 100 %',
        about: 'How many reached the mark; the log names the tenant.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: `sum by (mark, period) (${increase(series('budgetMarks'))})`,
            legend: '{{mark}} % of the {{period}}',
          },
        ],
        mayBeEmpty: true,
      },
      {
        title: 'Tokens',
        about: 'Of billed calls; text is thinking and words.',
        kind: 'timeseries',
        unit: 'cpm',
        queries: [{ expr: `60 * sum by (kind) (${rate(series('tokens', MODEL))})`, legend: '{{kind}}' }],
      },
      {
        title: 'Bytes into the store',
        about: 'Raw responses, images, drafts.',
        kind: 'timeseries',
        unit: 'bytes',
        queries: [{ expr: `sum by (kind) (${increase(series('artifactBytes'))})`, legend: '{{kind}}' }],
      },
      {
        title: 'Store failures',
        about: 'Workers keep paid answers meanwhile.',
        kind: 'timeseries',
        unit: 'short',
        queries: [{ expr: `sum(${increase(series('storeFailures'))})`, legend: 'failures' }],
        mayBeEmpty: true,
      },
    ],
  },
  {
    title: 'Temporal',
    panels: [
      {
        title: 'Requests that fail',
        about: 'Of workers to the server. Polls fail when it is away.',
        kind: 'timeseries',
        unit: 'ops',
        queries: ['temporal', 'temporal_long'].map((prefix) => ({
          expr: `sum by (operation, status_code) (${rate(`${prefix}_request_failure{job="gemini-images"}`)})`,
          legend: '{{operation}} {{status_code}}',
        })),
        mayBeEmpty: true,
      },
      {
        title: 'Free task slots',
        about: 'A worker without any takes no task.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (worker_type) (temporal_worker_task_slots_available{job="gemini-images"})',
            legend: '{{worker_type}}',
          },
        ],
      },
      {
        title: 'Workflow tasks that fail',
        about: 'Above 0 a release broke something: generations stand still and lose nothing.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: `sum by (workflow_type, failure_reason) (${increase('temporal_workflow_task_execution_failed{job="gemini-images"}')})`,
            legend: '{{workflow_type}} {{failure_reason}}',
          },
        ],
        mayBeEmpty: true,
      },
    ],
  },
];
