/** The alert rules, with the guides' thresholds, and what to do first about each. */
import type { Alert } from './alert.ts';
import { LIMITED, RETRYABLE, SAFETY } from './branch-groups.ts';
import { grown, oneOf, series, share } from './promql.ts';

const attempts = (window: string, matchers = ''): string => grown('attempts', window, matchers);
const ofModel = { by: 'model', least: 10 };
const limited = oneOf('branch', LIMITED);

/** Requests of both kinds, long polls and others, a second; Temporal counts successes and failures apart. */
const temporal = (name: string, matchers = ''): string =>
  ['temporal', 'temporal_long']
    .map((prefix) => `(sum(rate(${prefix}_${name}{job="gemini-images"${matchers}}[5m])) or vector(0))`)
    .join(' + ');
/** Not those that are an answer: a task that was cancelled meanwhile, an id that is taken. */
const refused = `(${temporal('request_failure', ',status_code!~"NOT_FOUND|ALREADY_EXISTS|CANCELLED|FAILED_PRECONDITION"')})`;

export const ALERTS: readonly Alert[] = [
  {
    name: 'GeminiImagesRateLimitShare',
    severity: 'warning',
    expr: `${share(attempts('5m', limited), attempts('5m'), ofModel)} > 0.1`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of calls to {{ $labels.model }} are answered 429',
    about:
      'More than a tenth of the calls of five minutes met a limit. Slots are there so that this does not happen: a limit is lower than what was configured or learned, or somebody else uses the project.',
    moves: [
      '`gemini-images routes`: which limit binds, where it is from, and what the provider asked to pause for.',
      'Compare with the live limits in AI Studio. Another program on the same project takes from the same quota: keys do not matter, projects do.',
      'Give the true limit with `--limit`, or run all workers with `--quota fleet`. If it is a normal day: a higher tier, batch or quiet hours for what may wait.',
    ],
  },
  {
    name: 'GeminiImagesCapacityShare',
    severity: 'warning',
    expr: `${share(attempts('5m', 'branch="capacity"'), attempts('5m'), ofModel)} > 0.25`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of calls to {{ $labels.model }} are answered 503',
    about:
      "More than a quarter of five minutes' calls found the model overloaded. It is neither billing nor your key. Pro models take 30 to 120 minutes to recover, Flash models 5 to 15.",
    moves: [
      'Look at the status pages below: is it everyone?',
      '`gemini-images list --causes`: who waits. Nothing has to be done for those: they retest, fall back where they may, and queue.',
      'Send urgent ones elsewhere: `gemini-images approve --cause capacity --route … --until 2h --max-cost 20 --why …`, or let callers allow another model.',
    ],
  },
  {
    name: 'GeminiImagesDegraded',
    severity: 'warning',
    expr: `${share(attempts('5m', 'branch="capacity"'), attempts('5m'), ofModel)} > 0.3`,
    for: '5m',
    summary:
      '{{ $labels.model }} is degraded: {{ $value | humanizePercentage }} of its calls are answered 503',
    about:
      'Over 30 % for five minutes. The governor takes the route as degraded: generations that allow another model start on it at once, the others wait with an estimate. It ends by itself below 10 %.',
    moves: [
      '`gemini-images routes`: is the route marked degraded, and which share go elsewhere.',
      'Stop bulk work that may wait (`when: quiet`, `urgency: batch`); it makes the queue longer for everyone.',
      'If the status page says that it is over and the route stays degraded: `gemini-images routes end-degraded MODEL --why …`.',
    ],
  },
  {
    name: 'GeminiImagesRetryableShare',
    severity: 'warning',
    expr: `${share(attempts('10m', oneOf('branch', RETRYABLE)), attempts('10m'), ofModel)} > 0.3`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of calls to {{ $labels.model }} fail in ways that may pass',
    about:
      'Overload, faults inside Google, timeouts, gateways and connections together. One branch tells whose trouble it is; the mixture tells that something on the way is ill.',
    moves: [
      'The dashboard, *Attempts by branch*: which one is it.',
      '`network` and `gateway-fault`: your proxy, name resolution, firewall. `timeout`: large images or a short proxy timeout. `internal` and `capacity`: Google.',
      '`gemini-images doctor` on a worker host tries the same way with one call.',
    ],
  },
  {
    name: 'GeminiImagesRateLimited',
    severity: 'info',
    expr: `sum by (branch) (${attempts('15m', limited)}) > 0`,
    for: '0m',
    summary: 'calls met a limit: {{ $labels.branch }}',
    about: 'A limit was met at least once in a quarter of an hour. Waiting is done for you.',
    moves: [
      '`quota-minute`: nothing. `quota-day`: waits for midnight Pacific unless another model is allowed.',
      '`quota-zero`: the tier has no quota for the model; somebody must change tier or model.',
      '`quota-unknown` or `spend-window`, and it lasts: look for an account hold and at spend limits in AI Studio.',
    ],
  },
  {
    name: 'GeminiImagesClientFix',
    severity: 'error',
    expr: `sum by (branch) (${attempts('15m', 'level="error"')}) > 0`,
    for: '0m',
    summary: 'calls fail until somebody fixes the cause: {{ $labels.branch }}',
    about:
      'A key, an account, a region, a model id or a request is wrong. The same call cannot succeed; causes that others share are held, so that one failure is not made three thousand times.',
    moves: [
      'The section of the branch below says who fixes what.',
      '`gemini-images list --causes` shows how many wait behind it.',
      'Fix it, then `gemini-images routes resume HOLD --why …`: a plain text call probes, one generation goes first, the rest follow.',
    ],
  },
  {
    name: 'GeminiImagesSafetyBlocks',
    severity: 'info',
    expr: `sum by (branch) (${attempts('15m', oneOf('branch', SAFETY))}) > 0`,
    for: '0m',
    summary: 'prompts or images were refused by a safety filter: {{ $labels.branch }}',
    about: 'Part of a normal day. The prompt goes back to its caller, or is rewritten where they allow it.',
    moves: [
      'Nothing, while it is few.',
      'Many from one tenant: show them `gemini-images estimate`, whose advice names what filters dislike.',
      'Many from everyone: see the alert on IMAGE_SAFETY.',
    ],
  },
  {
    name: 'GeminiImagesImageSafetyShare',
    severity: 'warning',
    expr: `${share(attempts('30m', 'branch="safety-image"'), attempts('30m'), { by: 'model', least: 20 })} > 0.1`,
    for: '10m',
    summary: '{{ $value | humanizePercentage }} of images of {{ $labels.model }} are withheld (IMAGE_SAFETY)',
    about:
      'The output filter withholds more than a tenth. It cannot be configured and is stochastic; on legitimate prompts this share is one of the three reasons to consider another provider.',
    moves: [
      'Read some of the evidence: are the prompts what you want to serve?',
      'Let callers allow `rewrite`: generic descriptions for names, an explicit art style, catalogue context pass in most cases.',
      'If it stays: a route-out to another provider, by asking; never for what a *policy* verdict refused.',
    ],
  },
  {
    name: 'GeminiImagesPolicy',
    severity: 'warning',
    expr: `sum by (model) (${attempts('15m', 'branch="policy"')}) > 0`,
    for: '0m',
    summary: "requests break the provider's use policy",
    about:
      'Prohibited content, recitation, personal data. It is never retried and never sent to another model or provider. An account that sends many is at risk.',
    moves: [
      'Find them: `gemini-images list --branch policy`, and see which tenant they come from.',
      'Talk to the tenant, or stop it: a refused prompt that is sent again counts against the project.',
      'Where you think that Google is wrong: `gemini-images show ID --bundle case.zip` has what a support case needs.',
    ],
  },
  {
    name: 'GeminiImagesQuotaNearLimit',
    severity: 'warning',
    expr: `max by (quota, model, dimension) (${series('quotaUsed')}) >= 0.8`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of {{ $labels.dimension }} of {{ $labels.model }} are in use',
    about:
      'Four fifths of a limit are in use for five minutes. Calls are paced below it, so nothing fails; what comes on top waits.',
    moves: [
      'A minute (`rpm`, `tpm`, `ipm`): is it a burst or every day? The dashboard shows waits by reason.',
      'A day (`rpd`): at this rate it is over before midnight Pacific. Move what may wait to batch, which has a quota of its own.',
      'Every day: ask Google for more, or raise the tier. The figures are on the dashboard.',
    ],
  },
  {
    name: 'GeminiImagesHeld',
    severity: 'error',
    expr: `max by (quota) (${series('stops', 'kind="hold"')}) > 0`,
    for: '15m',
    summary: 'a hold has stopped {{ $labels.quota }} for a quarter of an hour',
    about:
      'A cause that a person must fix stops a credential, project, model or gateway. Generations wait behind it until their deadlines.',
    moves: [
      '`gemini-images routes`: which hold, since when, by which words of the provider.',
      'Fix the cause: the section of its branch says what it is.',
      '`gemini-images routes resume HOLD --why …`. If that takes too long, send what is urgent elsewhere: `gemini-images approve --cause … --route … --until 2h --max-cost 20 --why …`.',
    ],
  },
  {
    name: 'GeminiImagesDeadLetters',
    severity: 'warning',
    expr:
      `sum(${grown('deadLetters', '30m')}) >= 5 and sum(${grown('deadLetters', '30m')}) > 2 * ` +
      `(sum(increase(${series('deadLetters')}[30m] offset 30m)) or vector(0))`,
    for: '5m',
    summary:
      '{{ $value | humanize }} generations ended unserved within half an hour, twice as many as before',
    about: 'Dead letters rise. Each keeps its evidence and can be revived; nothing of what was paid is lost.',
    moves: [
      'The dashboard, *Dead letters by branch*; then `gemini-images list --dead`.',
      'Fix the cause by the section of the branch. Requests that are wrong go back to their callers.',
      '`gemini-images revive --cause BRANCH --why …`: the oldest first, three as the proof that the cause is gone, then paced.',
    ],
  },
  {
    name: 'GeminiImagesBudgetNearCap',
    severity: 'warning',
    expr: `sum by (period) (${grown('budgetMarks', '1h', 'mark="80"')}) > 0`,
    for: '0m',
    summary: 'a budget of this {{ $labels.period }} has reached 80 % of its cap',
    about: 'Four fifths of a cap are spent, for sure or possibly. Nothing is stopped yet.',
    moves: [
      "The worker's log names the tenant: `budget: 80 % of the …`.",
      'Is it a busy day or a loop? The dashboard, *Cost per hour* and *Paid calls per image*.',
      'Raise the cap in the configuration of the workers before it is full, or tell the tenant.',
    ],
  },
  {
    name: 'GeminiImagesBudgetSpent',
    severity: 'error',
    expr: `sum by (period) (${grown('budgetMarks', '1h', 'mark="100"')}) > 0`,
    for: '0m',
    summary: 'a budget of this {{ $labels.period }} is spent: its tenant waits',
    about:
      'The cap is hard: no call of the tenant goes before the next period, or before the cap is raised. Generations wait, and say until when.',
    moves: [
      "The worker's log names the tenant: `budget: 100 % of the …`.",
      'Raise the cap and restart the workers: what waits goes on within a minute. Or leave it: what meets its deadline is a dead letter and can be revived.',
      'What is possible and not sure may never be billed: compare with the invoice.',
    ],
  },
  {
    name: 'GeminiImagesPaidCalls',
    severity: 'warning',
    expr:
      `sum(${attempts('1h', 'billed=~"yes|possible"')}) / ` + `(sum(${grown('images', '1h')}) >= 10) > 1.5`,
    for: '15m',
    summary: '{{ $value | humanize }} calls are paid for each image',
    about:
      'More than one and a half calls that were, or may have been, billed for each image delivered: blanks, withheld images, or connections that are cut after the send.',
    moves: [
      'The dashboard, *Paid calls per image* and *Cost*: sure or possible?',
      'Possible: a proxy or a worker that is killed cuts calls under way. Give workers eleven minutes to drain.',
      'Sure: `no-image` and `safety-image`; prompts want simplifying or rewriting.',
    ],
  },
  {
    name: 'GeminiImagesStoreAway',
    severity: 'error',
    expr: `sum(${grown('storeFailures', '5m')}) > 0`,
    for: '2m',
    summary: 'workers cannot reach the artifact store',
    about:
      'The store is full, away or refuses. Paid answers are held in the memory of workers and stored as soon as it is back: do not restart the workers.',
    moves: [
      'Leave the workers running: their answers are paid.',
      'Free space, renew credentials, bring the bucket back. `gemini-images doctor` tries writing and reading.',
      'Generations go on by themselves; those that met their deadline are revived: `gemini-images revive --cause BRANCH --why …`.',
    ],
  },
  {
    name: 'GeminiImagesNoWorker',
    severity: 'error',
    expr: 'absent(up{job="gemini-images"} == 1)',
    for: '2m',
    summary: 'no worker is up',
    about:
      'No worker answers Prometheus: none runs, or none can be reached. Generations wait in phase `no-worker`.',
    moves: [
      'Are the processes there? `gemini-images doctor` tells which queues are polled.',
      'Start them; a worker that ends at once says why on standard error.',
      'If they run and only metrics are missing: `--metrics` and the address in Prometheus’s configuration.',
    ],
  },
  {
    name: 'GeminiImagesTemporalFailing',
    severity: 'error',
    expr: `${refused} / (${refused} + ${temporal('request')}) > 0.05`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of requests to Temporal fail',
    about:
      'Temporal is away or overloaded. Calls under way go on and their answers are stored; nothing new starts.',
    moves: [
      'Is the server up, and its database? `temporal operator cluster health`.',
      'Leave the workers running: they come back by themselves, and their answers are in the store.',
      'Only some kinds of requests fail: look for `RESOURCE_EXHAUSTED`, a limit of the namespace.',
    ],
  },
  {
    name: 'GeminiImagesWorkflowTasksFail',
    severity: 'error',
    expr: 'sum(rate(temporal_workflow_task_execution_failed{job="gemini-images"}[10m])) > 0',
    for: '2m',
    summary: 'workflow tasks fail: generations stand still',
    about:
      'Workflow code throws where it must not, or a release does not replay what an earlier one began. Generations lose nothing: they stand still until a worker comes that replays them.',
    moves: [
      'Did a release go out? Roll the workers back: what stood still goes on.',
      "The worker's log names the workflow and the error; `NonDeterminismError` is a release that broke replay.",
      'Before the next try: `npm test` replays the kept histories; add one that shows this.',
    ],
  },
];
