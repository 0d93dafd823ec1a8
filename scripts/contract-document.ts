/** What docs/contract.md takes from the product: names, reasons, defaults, and the Python that a test runs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  ANSWER_SIGNAL,
  ASK_SIGNAL,
  DEFAULT_TASK_QUEUE,
  ENTITY_QUERIES,
  ENTITY_TYPES,
  ENTITY_UPDATES,
  LANE_QUERIES,
  MOVE_SIGNALS,
  FAILURES,
  failureType,
  governorWorkflowId,
  MEMO,
  QUERIES,
  SIGNALS,
  UPDATES,
  WAKE_SIGNAL,
  WORKFLOW_TYPES,
} from '../src/contract/names.ts';
import { SEARCH_ATTRIBUTES } from '../src/contract/search-attributes.ts';
import { BRANCHES, isStopBranch } from '../src/domain/branch.ts';
import { canonicalJson } from '../src/domain/canonical-json.ts';
import { REASONS } from '../src/domain/reason.ts';
import { ALLOW_AVAILABLE, DEFAULT_CALL_TIMEOUT_4K_MS, DEFAULT_DEADLINE_MS } from '../src/domain/request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';

type Words<T> = Readonly<Record<keyof T, string>>;

const DECISION = '[`decision.schema.json`](decision.schema.json)';

const WORKFLOW_WORDS: Words<typeof WORKFLOW_TYPES> = {
  generation: '[`argument.schema.json`](argument.schema.json) → [`result.schema.json`](result.schema.json)',
  session:
    'an edit session: [`session.schema.json`](session.schema.json), and [sessions](sessions.md) for its updates and queries',
  lane: "a project's and a model's batch lane; workers start it",
  notification:
    'an event ([`notification.schema.json`](notification.schema.json)) on its way to [webhooks](notifications.md); generations, governors and budgets start it under the id `gemini-notification/<event id>`',
};

const QUERY_WORDS: Words<typeof QUERIES> = {
  describe: 'no argument → [`view.schema.json`](view.schema.json)',
};

const SIGNAL_WORDS: Words<typeof SIGNALS> = {
  approveRouteOut: '`{ by, why, evidence, route? }`: leave to a route that the request did not allow',
  rejectRouteOut: '`{ by, why, evidence }`: decide against what is offered; what waits for it alone ends',
  approveRewrite: '`{ by, why, evidence }`: send the rewritten prompt',
  retryNow: '`{ by, why, evidence }`: the same path once more',
  changeRequest: '`{ by, why, evidence, change }`, such as `"change": { "size": "1K" }`: one field',
};

const MOVE_WORDS: Words<typeof MOVE_SIGNALS> = {
  promote: '`{ identity, reason? }`: out of its wait for quiet hours or its batch lane, to a live call',
  toBatch: '`{ identity, reason? }`: into the batch lane, where the request allows `batch`',
};

const LANE_WORDS: Words<typeof LANE_QUERIES> = {
  lane: 'of a batch lane: no argument → limits, how many items it collected, and its jobs',
};

const UPDATE_WORDS: Words<typeof UPDATES> = {
  decide: `any of these with \`choice\`: ${DECISION}; answers, or is refused at once`,
};

const MEMO_WORDS: Words<typeof MEMO> = {
  requestDigest: 'set by the caller at the start; see [Ids](#ids-and-idempotency)',
  state:
    'why it waits or ended, readable with every worker down: [`memo.schema.json`](memo.schema.json); absent on the happy path',
  ended: 'with the end: calls, cost and waits of this run, [`tally.schema.json`](tally.schema.json)',
  session:
    'of a session, for lists: status, turns, cost, its last image (`{ status, createdAt, activeAt, turns, failed, queued, cost, running?, head?, image?, excerpt?, from? }`)',
};

const FAILURE_WORDS: Words<typeof FAILURES> = {
  wait: 'of an activity: no slot soon enough, the workflow sleeps',
  store: 'of an activity: the store is full, read-only or away; Temporal retries',
  extractPending: 'of an activity: the answer is stored, its images follow',
  conflict: 'ends the workflow: the id was used before with another request, which the store still knows',
  unapproved: 'ends the workflow: a route that nobody allowed; nothing was sent',
  decision: 'of the update: refused; details `{ outcome, answer, evidence? }`',
  command: "of a governor's update `gemini.command`: refused; the message says why",
  session: 'of a session: refused; the message says why',
  webhook: 'of an activity: a webhook is away or asks to come again; Temporal retries',
  webhookRefused: 'of an activity: a webhook does not want the event; tried a few times more',
  webhookGone: 'of an activity: a webhook answered 410 Gone; not tried again',
  undelivered: 'ends a notification: the message names each webhook and why',
};

const SESSION_WORDS: readonly (readonly string[])[] = [
  ['signal', ASK_SIGNAL, 'to a session, from a workflow: [sessions](sessions.md#in-other-languages)'],
  ['signal', ANSWER_SIGNAL, 'from a session, to the workflow that asked'],
];

/** See [The fleet](#the-fleet). */
const GOVERNOR_WORDS: readonly (readonly string[])[] = [
  [
    'signal',
    WAKE_SIGNAL,
    'no argument: look again now, because a hold was resumed or a grant given; decides nothing',
  ],
  [
    'workflow type',
    ENTITY_TYPES.governor,
    `the governor of a project, \`${governorWorkflowId('<provider>/<endpoint>/<project>')}\`; workers start it`,
  ],
  [
    'query',
    ENTITY_QUERIES.governor,
    'of a governor: no argument → [`governor.schema.json`](governor.schema.json)',
  ],
  [
    'update',
    ENTITY_UPDATES.command,
    "of a governor, an operator's word: [`command.schema.json`](command.schema.json) → the same view",
  ],
];

const ATTRIBUTE_WORDS: Words<typeof SEARCH_ATTRIBUTES> = {
  GeminiBranch: 'branch of the last failed call',
  GeminiPhase: 'phase, where it lasts',
  GeminiModel: 'model of the last call',
  GeminiRoute: 'route of the last call',
  GeminiSession: 'reserved',
};

function names(): string {
  const rows = [
    ['task queue', DEFAULT_TASK_QUEUE, 'the default; whatever the worker was given'],
    ...section('workflow type', WORKFLOW_TYPES, WORKFLOW_WORDS),
    ['failure', failureType('<branch>'), 'ends the workflow: [`failure.schema.json`](failure.schema.json)'],
    ...section('failure', FAILURES, FAILURE_WORDS),
    ...section('query', QUERIES, QUERY_WORDS),
    ...section('signal', SIGNALS, SIGNAL_WORDS),
    ...section('signal', MOVE_SIGNALS, MOVE_WORDS),
    ...section('update', UPDATES, UPDATE_WORDS),
    ...section('query', LANE_QUERIES, LANE_WORDS),
    ...SESSION_WORDS,
    ...GOVERNOR_WORDS,
    ...section('memo', MEMO, MEMO_WORDS),
    ...Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [
      'search attribute',
      name,
      `${type}: ${ATTRIBUTE_WORDS[name as keyof typeof SEARCH_ATTRIBUTES]}`,
    ]),
  ].map(([kind, name, words]) => `| ${kind} | \`${name}\` | ${words} |`);
  return ['| | name | |', '|---|---|---|', ...rows].join('\n');
}

function section<T extends Readonly<Record<string, string>>>(
  kind: string,
  wire: T,
  words: Words<T>,
): readonly (readonly string[])[] {
  return Object.entries(wire).map(([key, name]) => [kind, name, words[key as keyof T]]);
}

function reasons(): string {
  const rows = BRANCHES.map((branch) => {
    const list = Object.keys(REASONS[branch]).map((reason) => `\`${reason}\``);
    return `| \`${failureType(branch)}\` | ${isStopBranch(branch) ? 'stop' : ''} | ${list.join(' ')} |`;
  });
  return ['| failure type | | reasons |', '|---|---|---|', ...rows].join('\n');
}

const SHOWN_PROMPT = 'a red fox in snow';

function defaults(): string {
  const text = canonicalJson(resolveRequest({ prompt: SHOWN_PROMPT }));
  const digest = createHash('sha256').update(text).digest('hex');
  const { interactive, standard, batch } = DEFAULT_DEADLINE_MS;
  return [
    ...['```json', text, '```', ''],
    ...[`Its digest is \`${digest}\`. Other defaults:`, ''],
    ...['| given | resolved |', '|---|---|'],
    '| `when` now | absent |',
    `| \`urgency\` interactive · standard · batch | \`deadlineMs\` ${interactive} · ${standard} · ${batch} |`,
    `| \`size\` 4K | \`callTimeoutMs\` ${DEFAULT_CALL_TIMEOUT_4K_MS} |`,
    '| `allow` "exact" | the object above |',
    `| \`allow\` "available" | \`${canonicalJson(ALLOW_AVAILABLE)}\` |`,
    '| `allow` as an object | laid over the object above |',
  ].join('\n');
}

const PYTHON = new URL('../test/python/start_and_wait.py', import.meta.url);

function python(): string {
  const [, part] = readFileSync(PYTHON, 'utf8').split(
    /# The part that docs\/contract\.md shows\.\n|\n+# End of that part\./,
  );
  if (part === undefined) throw new Error(`${PYTHON.pathname} does not mark the part that is shown`);
  return ['```python', part, '```'].join('\n');
}

const BLOCKS = { names, reasons, defaults, python };

export function withContract(document: string): string {
  return Object.entries(BLOCKS).reduce((text, [name, block]) => {
    const begin = `<!-- ${name}: generated by npm run docs -->`;
    const end = `<!-- /${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`docs/contract.md lacks ${begin} … ${end}`);
    return `${text.slice(0, from + begin.length)}\n\n${block()}\n\n${text.slice(to)}`;
  }, document);
}
