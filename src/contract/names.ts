/**
 * Names on the wire: part of the public contract for callers in other languages, so they never
 * change within a major version. Prefixed, because a user's own `generation` or `generate` would
 * silently shadow ours.
 */
export const WORKFLOW_TYPES = {
  generation: 'geminiGeneration',
  session: 'geminiEditSession',
  lane: 'geminiBatchLane',
  notification: 'geminiNotification',
} as const;

export const DEFAULT_TASK_QUEUE = 'gemini-images';

/** Durable entities; they run on a queue of their own, on every worker with `quota: 'fleet'`. */
export const ENTITY_TYPES = { governor: 'geminiGovernor', budget: 'geminiBudget' } as const;

/** Apart from generations: a thousand of these must not make a lease wait. */
export const ENTITY_TASK_QUEUE = 'gemini-entities';

export const QUERIES = { describe: 'gemini.describe' } as const;

export const ENTITY_QUERIES = {
  /** Of a governor: a GovernorView. */
  governor: 'gemini.governor',
  /** Of a governor or a budget: its whole state, which a new one takes over after a terminate. */
  state: 'gemini.state',
  /** Of a budget: a BudgetView. */
  budget: 'gemini.budget',
} as const;

/**
 * What an operator sends, each with `{ by, why, evidence }`: `evidence` is the SHA-256 that the details
 * show. A signal cannot be refused: what came of it stands in the details. The update `decide` takes the
 * same with a `choice` and is refused on the spot.
 */
export const SIGNALS = {
  /** and `route?`, where several are offered */
  approveRouteOut: 'approveRouteOut',
  rejectRouteOut: 'rejectRouteOut',
  approveRewrite: 'approveRewrite',
  retryNow: 'retryNow',
  /** and `change`: `{ "size": "1K" }`, exactly one field */
  changeRequest: 'changeRequest',
} as const;

/** No decision: a generation looks again now, because a hold was resumed or a grant given. Takes nothing. */
export const WAKE_SIGNAL = 'gemini.wake';

/** Of a waiting generation, from its caller or an operator: `{ identity, reason? }`. */
export const MOVE_SIGNALS = {
  /** It is not to wait any longer: out of its batch lane or its wait for quiet hours, to a live call. */
  promote: 'gemini.promote',
  /** It may wait: into the batch lane, at half the price, where the request allows it. */
  toBatch: 'gemini.toBatch',
} as const;

/** To a generation, from a batch lane's activities: LaneNews. */
export const LANE_NEWS_SIGNAL = 'gemini.laneNews';

/** To a batch lane. */
export const LANE_SIGNALS = {
  /** A LaneJoin: an item is here, or still here. */
  join: 'gemini.laneJoin',
  /** A LaneLeave: nobody waits for an item any more. */
  leave: 'gemini.laneLeave',
} as const;

export const LANE_QUERIES = { lane: 'gemini.lane' } as const;

/** A lane belongs to a queue: whoever takes its tasks has its key and its store. */
export function laneWorkflowId(taskQueue: string, account: string, model: string): string {
  return `gemini-batch-lane/${taskQueue}/${account}/${model}`;
}

export const UPDATES = { decide: 'decide' } as const;

export const SESSION_UPDATES = {
  /** An EditRequest; answered at once with an AcceptedTurn. */
  edit: 'gemini.edit',
  /** An UndoRequest or nothing; answered with an Undone. */
  undo: 'gemini.undo',
  /** A CloseRequest or nothing; answered with a SessionView. What was accepted still runs. */
  close: 'gemini.close',
} as const;

export const SESSION_QUERIES = {
  /** A SessionView. */
  session: 'gemini.session',
  /** A TurnPage, of the turns from the given number on. */
  turns: 'gemini.turns',
  /** Of a turn id: the TurnView with what the next one would go on with. */
  turn: 'gemini.turn',
} as const;

/** To a session, from a turn's generation: a TurnOutcome. */
export const TURN_DONE_SIGNAL = 'gemini.turnDone';

/** To a session, from a workflow, which cannot send updates: a SessionAsk. */
export const ASK_SIGNAL = 'gemini.ask';

/** From a session, to the workflow that asked: a SessionAnswer. */
export const ANSWER_SIGNAL = 'gemini.answer';

export const ENTITY_UPDATES = {
  /** Of a governor: an ExchangeRequest; answered with an ExchangeAnswer. */
  exchange: 'gemini.exchange',
  /** Of a governor: a GovernorCommand; answered with a GovernorView. */
  command: 'gemini.command',
  /** Of a budget: a BudgetRequest; answered with a BudgetAnswer. */
  budget: 'gemini.budgetExchange',
} as const;

/** `google/ai-studio/my-project` → the workflow id of its governor. */
export function governorWorkflowId(quotaId: string): string {
  return `gemini-governor/${quotaId}`;
}

export function budgetWorkflowId(tenant: string): string {
  return `gemini-budget/${tenant}`;
}

/** Memo keys; readable with every worker down. */
export const MEMO = {
  requestDigest: 'geminiRequestDigest',
  /** {@link MemoState}, written once a generation has left its happy path. */
  state: 'geminiState',
  /** A Tally, written with the end: what it took and cost. */
  ended: 'geminiEnded',
  /** SessionMemo, written by a session whenever something has happened in it. */
  session: 'geminiSession',
} as const;

/** Why a generation waits or ended, for a reader without a worker. */
export interface MemoState {
  readonly phase: string;
  readonly why: string;
  readonly until?: number;
  /** Epoch milliseconds at which this phase began. */
  readonly since?: number;
  /** What a decision must name, and what may be chosen; absent while nobody is waited for. */
  readonly ask?: {
    readonly evidence: string;
    readonly choices: readonly string[];
    /** Worst price in USD of each choice that may cost something, by its words in `choices`. */
    readonly worstUsd?: Readonly<Record<string, number>>;
    /** What is lost or different with a choice, where something is. */
    readonly changes?: Readonly<Record<string, readonly string[]>>;
  };
  /** What it shares with others that wait for a person; absent while it waits for none. */
  readonly cause?: MemoCause;
  /** `branch/reason` of the last attempts, oldest first. */
  readonly verdicts: readonly string[];
  /** USD of all its attempts so far; absent before the first one, and from releases that did not tell it. */
  readonly cost?: { readonly sureUsd: number; readonly possibleUsd: number };
  /** The provider's words in its last verdict, cut to 200 bytes. */
  readonly message?: string;
}

/** Asks are grouped by it, and a grant or a resumed hold wakes by it. */
export interface MemoCause {
  /** `operator`: paused by a person. */
  readonly branch: string;
  readonly reason: string;
  /** What a hold or a grant for this cause covers. */
  readonly scope?: { readonly kind: string; readonly key: string };
  /** Id of the hold that stops it, unique within its governor. */
  readonly hold?: string;
  /** `google/ai-studio/my-project`: whose governor keeps the hold, or would keep the grant. */
  readonly account?: string;
}

/** Failure types beside `gemini.<branch>`; Temporal's UI shows them. */
export const FAILURES = {
  /** No slot soon enough: details are a QuotaWait, the workflow sleeps. */
  wait: 'gemini.wait',
  /** The store is full, read-only or away; Temporal retries. */
  store: 'gemini.store-unavailable',
  /** The raw response is stored, its images are not yet: `extract` finishes. */
  extractPending: 'gemini.extract-pending',
  /** The fence of this attempt belongs to another request under the same id (I11). */
  conflict: 'gemini.conflict',
  /** A route-out without an approval: never sent (I4). */
  unapproved: 'gemini.route-not-approved',
  /** The update `decide` was refused; details are a Judgement. */
  decision: 'gemini.decision-refused',
  /** A governor refused a command; the message says why. */
  command: 'gemini.command-refused',
  /** A session refused an edit, an undo or a close; the message says why. */
  session: 'gemini.session-refused',
  /** A webhook could not be reached, or asked to come again; Temporal retries. */
  webhook: 'gemini.webhook-away',
  /** A webhook answered that it does not want the event: tried a few times more. */
  webhookRefused: 'gemini.webhook-refused',
  /** A webhook answered 410 Gone: not tried again. */
  webhookGone: 'gemini.webhook-gone',
  /** A notification has not reached all of its webhooks. */
  undelivered: 'gemini.notification-undelivered',
} as const;

const BRANCH_PREFIX = 'gemini.';

export function failureType(branch: string): string {
  return BRANCH_PREFIX + branch;
}

/** The store's record of a delivered generation; makes idempotency keys outlive Temporal's retention. */
export function finishedRecordName(generationId: string): string {
  return `generations/${generationId}/finished`;
}

/** The store's records of a generation's dead letters, by run; what `revive` finds beyond retention. */
export function deadRecordName(generationId: string, runId: string): string {
  return `${deadRecordsPrefix(generationId)}${runId}`;
}

export function deadRecordsPrefix(generationId: string): string {
  return `generations/${generationId}/dead/`;
}

/** Of the dead letter of a run: that it was revived, and by which run. */
export function revivedRecordName(generationId: string, runId: string): string {
  return `${revivedRecordsPrefix(generationId)}${runId}`;
}

export function revivedRecordsPrefix(generationId: string): string {
  return `generations/${generationId}/revived/`;
}
