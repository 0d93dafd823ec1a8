/** For a caller's own workflow: an edit session as a child, its turns as promises, by the contract of docs/sessions.md. */
import { CancellationScope, ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import { WORKFLOW_TYPES } from '../src/contract/names.ts';
import { priorityOf } from '../src/contract/priority.ts';
import type { Question, SessionAnswer, TurnResult } from '../src/contract/session-asks.ts';
import { sessionId } from '../src/contract/session-id.ts';
import type {
  EditRequest,
  SessionInput,
  SessionSettings,
  SessionView,
  TurnDefaults,
  Undone,
} from '../src/contract/session.ts';
import { DEFAULT_IDLE_MS } from '../src/contract/session.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { TextFix } from '../src/domain/text-fix.ts';
import { FIX_PATH, textFixProblems, textFixPrompt } from '../src/domain/text-fix.ts';
import type { geminiEditSession } from './edit-session.ts';
import { SessionLine, sessionRefused, throwIfCancelled } from './session-line.ts';
import { turnResult } from './turn-result.ts';

const EXCERPT_BYTES = 160;

/** What each turn is asked with, unless it says otherwise, and what the session has besides. */
export interface EditSessionOptions extends TurnDefaults, Partial<Omit<SessionSettings, 'defaults'>> {
  /** Its name: started again with the same one, also by a later run, it is the same session. @default a new one */
  readonly id?: string;
  /** Where the plugin's worker polls. @default the caller's own task queue */
  readonly taskQueue?: string;
  /**
   * It goes on when this run ends, also by continue-as-new, or is cancelled; it ends when it is closed, or idle. With
   * `false` it is cancelled then. @default true
   */
  readonly outlives?: boolean;
}

/** Inputs are artifacts or URLs, a long prompt a text in the store: a workflow has no files. */
export interface SessionTurn extends TurnDefaults {
  /** The same id is the same turn, whichever run asks for it. @default a new one, recorded in the caller's history */
  readonly turnId?: string;
  readonly prompt: EditRequest['prompt'];
  readonly inputs?: NonNullable<EditRequest['inputs']>;
}

export type SessionTextFix = Omit<SessionTurn, 'prompt'> & TextFix;

export interface EditSession {
  readonly id: string;
  /**
   * Changes the last image as the prompt says, after the turns before it, and waits for it however long it takes.
   *
   * Throws what `generateImages` throws where the turn fails, and an `ApplicationFailure` of type
   * `gemini.session-refused` where the session does not take it. Cancelled, the turn is withdrawn, and what it may
   * have cost is booked first.
   */
  edit(turn: SessionTurn): Promise<TurnResult>;
  /** Corrects letters in the last image, or in the one of `inputs`, and leaves the rest as it is. Throws as `edit`. */
  fixText(fix: SessionTextFix): Promise<TurnResult>;
  /** Takes this turn, which must be the last one, out of the conversation; its images stay. */
  undo(turnId: string): Promise<Undone>;
  /** No further turn; those that were accepted still run. */
  close(): Promise<SessionView>;
}

/**
 * Starts an edit session from within a workflow, or goes on with the one of this id.
 *
 * @example
 * const session = await editSession({ model: 'gemini-3-pro-image', size: '2K' });
 * const hat = await session.edit({ turnId: 'hat', prompt: 'a fox with a red hat' });
 */
export async function editSession(options: EditSessionOptions = {}): Promise<EditSession> {
  const { id: given, taskQueue, outlives = true, idleMs, overflow, ...defaults } = options;
  throwIfCancelled();
  const id = wholeId(given ?? uuid4());
  const line = new SessionLine(id);
  const settings = { defaults, idleMs: idleMs ?? DEFAULT_IDLE_MS, overflow: overflow ?? 'fail' };
  const args: [SessionInput] = [{ settings }];
  try {
    // A caller that is cancelled withdraws its turns; the session ends, where it does, with the caller.
    await CancellationScope.nonCancellable(async () => {
      const child = await startChild<typeof geminiEditSession>(WORKFLOW_TYPES.session, {
        workflowId: id,
        args,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: outlives ? ParentClosePolicy.ABANDON : ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: 'edit session',
        priority: priorityOf(resolveRequest({ ...defaults, prompt: '' })),
        ...(taskQueue === undefined ? {} : { taskQueue }),
      });
      const hangUp = (): void => line.hangUp();
      child.result().then(hangUp, hangUp);
    });
  } catch (error) {
    // It runs already, or has ended: what is asked of it tells.
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
  return sessionOn(line);
}

/** A session that was started before, by whomever; asks nobody whether it exists. */
export function openEditSession(id: string): EditSession {
  return sessionOn(new SessionLine(wholeId(id)));
}

function wholeId(given: string): string {
  if (!given.isWellFormed()) throw sessionRefused('id: must be whole Unicode characters');
  return sessionId(given);
}

function sessionOn(line: SessionLine): EditSession {
  const edit = async ({
    turnId = uuid4(),
    prompt,
    inputs,
    ...overrides
  }: SessionTurn): Promise<TurnResult> => {
    const request: EditRequest = {
      ...{ turnId, prompt },
      ...(inputs === undefined ? {} : { inputs }),
      ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
      // The session keeps none where prompts are to be hidden.
      ...(typeof prompt === 'string' ? { excerpt: shortText(prompt, EXCERPT_BYTES) } : {}),
    };
    return turnResult(await asked(line, { kind: 'edit', edit: request }, 'turn'));
  };
  return {
    id: line.session,
    edit,
    fixText: async ({ right, wrong, where, spelled, ...turn }) => {
      const fix = { right, wrong, where, spelled };
      const problems = textFixProblems(fix);
      if (problems.length > 0)
        throw sessionRefused(problems.map(({ field, message }) => `${field}: ${message}`).join('; '));
      return await edit({ ...FIX_PATH, ...turn, prompt: textFixPrompt(fix) });
    },
    undo: async (turnId) => (await asked(line, { kind: 'undo', turnId }, 'undone')).undone,
    close: async () => (await asked(line, { kind: 'close' }, 'closed')).view,
  };
}

async function asked<K extends SessionAnswer['kind']>(
  line: SessionLine,
  question: Question,
  kind: K,
): Promise<Extract<SessionAnswer, { kind: K }>> {
  const answer = await line.ask(question);
  if (answer.kind === 'refused') throw sessionRefused(answer.why);
  if (answer.kind !== kind) throw sessionRefused(`${line.session}: it answered ${answer.kind}`);
  return answer as Extract<SessionAnswer, { kind: K }>;
}
