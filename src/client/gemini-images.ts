/**
 * The client: starts generations, waits for them, looks at them, decides on them. Importable without
 * native code.
 *
 * Requests are validated here and their bytes stored before the start, so that workflow history sees
 * references only (I1). Every call has a deadline.
 */
import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { GovernorView } from '../contract/exchange.ts';
import type { GenerationResult } from '../contract/generation.ts';
import { DEFAULT_TASK_QUEUE, MOVE_SIGNALS } from '../contract/names.ts';
import type { GovernorCommand, RouteKey } from '../contract/standing.ts';
import type { ArtifactRef } from '../domain/artifact.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { Report } from '../domain/report/report.ts';
import type { GenerationRequest } from '../domain/request.ts';
import type { GenerateRequest } from '../schema/request.ts';
import type { SessionDraft } from '../schema/session.ts';
import { parseSession } from '../schema/session.ts';
import { traced } from '../tracing/traced.ts';
import type { BudgetListing, BudgetsOptions } from './budgets.ts';
import { budgets } from './budgets.ts';
import type { BulkLine, BulkOptions } from './bulk-item.ts';
import type { BulkSource } from './bulk.ts';
import { Bulk } from './bulk.ts';
import { cancelGeneration } from './cancel.ts';
import type { CauseListing, CausesOptions } from './causes.ts';
import { causes } from './causes.ts';
import type { ConnectOptions } from './connect.ts';
import { connectClient } from './connect.ts';
import type { ClientContext } from './context.ts';
import type { CountEndedOptions, Counted } from './count-ended.ts';
import { countEnded } from './count-ended.ts';
import type { CountOptions } from './count.ts';
import { countGenerations } from './count.ts';
import type { DeadCauseListing, DeadCausesOptions } from './dead-causes.ts';
import { deadCauses } from './dead-causes.ts';
import { requestOf } from './dead-letter.ts';
import type { DecisionRequest } from './decide.ts';
import { decideGeneration } from './decide.ts';
import type { Description } from './describe.ts';
import { describeGeneration } from './describe.ts';
import type { EndedGeneration, EndedOptions } from './ended.ts';
import { ended } from './ended.ts';
import type { AttemptEvidence } from './evidence.ts';
import { readEvidence } from './evidence.ts';
import type { GenerationHandle, WaitOptions } from './generation-handle.ts';
import { sendCommand } from './governors-command.ts';
import type { GovernorSight } from './governors-sight.ts';
import { governors } from './governors.ts';
import type { CauseApproval, Granted, GrantListing, PlacedGrant, Revocation } from './grants.ts';
import { approveCause, grants, revokeGrant } from './grants.ts';
import type { LaneSight } from './lanes.ts';
import { lanes } from './lanes.ts';
import type { ListOptions, Listing } from './list.ts';
import { listGenerations } from './list.ts';
import type { ClientMeans } from './means.ts';
import type { MoveRequest } from './move.ts';
import { moveGeneration } from './move.ts';
import type { PromptTexts } from './prompt-texts.ts';
import { readPromptTexts } from './prompt-texts.ts';
import type { ReportOptions } from './report.ts';
import { makeReport } from './report.ts';
import { resultOf } from './result.ts';
import type { CauseRevivalRequest, CauseRevived } from './revive-cause.ts';
import { reviveCause } from './revive-cause.ts';
import type { RevivalRequest } from './revive.ts';
import { reviveGeneration } from './revive.ts';
import type { EndDegradedRequest } from './routes-degraded.ts';
import { endDegraded } from './routes-degraded.ts';
import type { PauseRequest, PlacedHold } from './routes-hold.ts';
import { pauseScope } from './routes-hold.ts';
import type { Resumed, ResumeRequest } from './routes-resume.ts';
import { resumeHold } from './routes-resume.ts';
import type { SessionHandle } from './session-handle.ts';
import { openSession } from './session-handle.ts';
import type { SessionListing, SessionListOptions } from './sessions-list.ts';
import { listSessions } from './sessions-list.ts';
import { startSession } from './sessions.ts';
import type { Spend, SpendOptions } from './spend.ts';
import { spend } from './spend.ts';
import { startFirst } from './start-first.ts';
import { Waiter } from './waiter.ts';

const DEFAULT_RPC_DEADLINE_MS = 10_000;

export interface GeminiImagesOptions {
  readonly client: Client;
  /** The same store as the workers': inputs and long prompts go in, images come out. */
  readonly store: ArtifactStore;
  /** @default 'gemini-images' */
  readonly taskQueue?: string;
  /** Deadline of each call to Temporal, in milliseconds. @default 10000 */
  readonly rpcDeadlineMs?: number;
}

export class GeminiImages {
  private readonly context: ClientContext;
  private readonly means: ClientMeans;
  private readonly closing: (() => Promise<void>) | undefined;

  constructor(options: GeminiImagesOptions, closing?: () => Promise<void>) {
    const { client, store, rpcDeadlineMs: deadlineMs = DEFAULT_RPC_DEADLINE_MS } = options;
    this.context = { client, store, deadlineMs };
    const { taskQueue = DEFAULT_TASK_QUEUE } = options;
    this.means = { context: this.context, taskQueue, waiter: new Waiter(client) };
    this.closing = closing;
  }

  /**
   * Connects by `@temporalio/envconfig` (TEMPORAL_ADDRESS, TLS, API key, profiles), so that Temporal
   * Cloud works. Throws {@link ServerUnreachable} within the deadline.
   */
  static async connect(options: ConnectOptions): Promise<GeminiImages> {
    const { client, close } = await connectClient(options, options.rpcDeadlineMs ?? DEFAULT_RPC_DEADLINE_MS);
    return new GeminiImages({ ...options, client }, close);
  }

  /** Temporal's namespace that it speaks to. */
  get namespace(): string {
    return this.context.client.options.namespace;
  }

  /** Closes the connection that `connect` opened; one that was given stays open. */
  async close(): Promise<void> {
    await this.closing?.();
  }

  /**
   * Starts a generation and returns at once. With an `idempotencyKey` the same request is the same
   * generation however often it is started, beyond Temporal's retention too (I11).
   *
   * Throws {@link InvalidRequest}, {@link IdempotencyConflict}, {@link ServerUnreachable}.
   */
  async start(request: GenerateRequest): Promise<GenerationHandle> {
    return this.handle(await startFirst(this.context, this.means.taskQueue, request));
  }

  /**
   * Starts a generation and waits for its images.
   *
   * Throws what {@link start} throws, {@link GenerationFailed} when it ended unserved, and
   * {@link StillRunning} when `waitMs` passed first (nothing is lost: ask `result(id)` later).
   */
  async generate(request: GenerateRequest, options?: WaitOptions): Promise<GenerationResult> {
    return await traced('gemini_images.generate', {}, async (tell) => {
      const { id } = await this.start(request);
      tell({ 'gemini_images.generation': id });
      return await this.result(id, options);
    });
  }

  /**
   * Thousands of generations, streamed: `for await` reads how each ended, as it ends. At most `inFlight` are
   * started and not ended, and the source is read only when there is room. The same `id` and key are the same
   * generation in every run, so a bulk that was interrupted goes on where it was. Outages of Temporal and the
   * store are outlived. Throws {@link InvalidRequest} that names the option.
   */
  submit<L extends BulkLine>(source: BulkSource<L>, options: BulkOptions): Bulk<L> {
    return new Bulk(this.means, source, options);
  }

  /** Waits for a generation that was started before, by this process or any other. */
  async result(id: string, options?: WaitOptions): Promise<GenerationResult> {
    return await resultOf(this.context, this.means.waiter, id, options);
  }

  /** Phase, why and until when, attempts, cost; works with all workers down, then with less detail. */
  async describe(id: string): Promise<Description> {
    return await describeGeneration(this.context.client, id, this.context.deadlineMs);
  }

  /**
   * Newest first, with why each waits or ended; asks no worker. `stuck`, `branch` and `dead` narrow it to
   * what needs somebody. Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async list(options: ListOptions = {}): Promise<Listing> {
    return await listGenerations(this.context.client, options, this.context.deadlineMs);
  }

  /**
   * How many there are, of all or of some, without reading any; undefined where the namespace lacks the search
   * attribute that is needed. Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async count(options: CountOptions = {}): Promise<number | undefined> {
    return await countGenerations(this.context, options);
  }

  /**
   * The evidence of an attempt, whole and redacted, by the SHA-256 that its line of the trail names.
   * Throws {@link InvalidRequest} for another artifact, and what the store throws.
   */
  async evidence(sha256: string): Promise<AttemptEvidence> {
    return await readEvidence(this.context.store, sha256);
  }

  /**
   * What a remedy made of the prompt, by the SHA-256 of its record, as a result and an ask name it. Hidden where
   * the request says so, or where nobody knows any more whether it does.
   */
  async promptTexts(id: string, record: string): Promise<PromptTexts> {
    return await readPromptTexts(this.context.store, await this.request(id), record);
  }

  /** Streams an artifact's bytes; the stream errors at its end when they do not match their hash. */
  async open(ref: Pick<ArtifactRef, 'sha256'>): Promise<ReadableStream<Uint8Array>> {
    return await this.context.store.open(ref.sha256);
  }

  /**
   * The request that its latest run was started with, defaults filled in; undefined where neither Temporal
   * nor a dead letter in the store knows it.
   */
  async request(id: string): Promise<GenerationRequest | undefined> {
    return await requestOf(this.context, id);
  }

  /**
   * Asks for cancellation; a call under way is aborted, and what it may have cost is booked (I10). One
   * that has ended stays as it ended. Who and why, where they are given, stand in its history. Throws
   * {@link InvalidRequest}, {@link UnknownGeneration}, {@link ServerUnreachable}.
   */
  async cancel(id: string, said?: { readonly by: string; readonly why: string }): Promise<void> {
    await cancelGeneration(this.context, id, said);
  }

  /**
   * Has it wait no longer: out of its wait for quiet hours, or out of its batch lane, to a live call at once. Nothing
   * was sent while it waits or the lane collects; an item that is in a job cannot be taken back and is booked as
   * possibly billed. Elsewhere nothing changes but that it will not wait so any more; who, why and what came of it
   * stand in `describe(id).decisions` and in the result.
   *
   * Throws {@link InvalidRequest}, {@link UnknownGeneration} (also one that has ended), {@link ServerUnreachable}.
   */
  async promote(id: string, request: MoveRequest): Promise<void> {
    await moveGeneration(this.context, id, MOVE_SIGNALS.promote, request);
  }

  /**
   * Sends it into the batch lane, with its next call or from its wait for a turn, where the request allows `batch`
   * and its route takes batches; else it goes on as it was. Throws what {@link promote} throws.
   */
  async toBatch(id: string, request: MoveRequest): Promise<void> {
    await moveGeneration(this.context, id, MOVE_SIGNALS.toBatch, request);
  }

  /**
   * Sends a person's decision on what is asked (`describe(id).ask`), and resolves with its record once the
   * generation has taken it. With `later` it is sent as a signal and resolves with undefined: a worker that
   * comes back judges it, and what came of it stands in `describe(id).decisions`.
   *
   * Leave `evidence` out only where the person decides on what is shown at this moment; a program passes
   * the one that its person saw, and gets the new one where that has changed (I12).
   *
   * Throws {@link DecisionRefused}, {@link InvalidRequest}, {@link NoWorkerAnswered},
   * {@link UnknownGeneration}, {@link ServerUnreachable}.
   */
  async decide(
    id: string,
    decision: DecisionRequest,
    options?: { readonly later?: false },
  ): Promise<DecisionRecord>;
  async decide(
    id: string,
    decision: DecisionRequest,
    options: { readonly later?: boolean },
  ): Promise<DecisionRecord | undefined>;
  async decide(
    id: string,
    decision: DecisionRequest,
    { later = false }: { readonly later?: boolean } = {},
  ): Promise<DecisionRecord | undefined> {
    return await decideGeneration(this.context, id, decision, later);
  }

  /**
   * Brings a dead letter (failed, cancelled, terminated or timed out) back as a new run of the same id, on
   * the task queue where it was, with at most one field of its request changed. Attempts are numbered on,
   * what was paid before stays paid, and `start` with the same key and request still finds it (I11).
   *
   * Throws {@link NotRevivable} when it runs, was delivered, or was revived before;
   * {@link InvalidRequest}, {@link UnknownGeneration}, {@link ServerUnreachable}.
   */
  async revive(id: string, revival: RevivalRequest): Promise<GenerationHandle> {
    await reviveGeneration(this.context, id, revival);
    return this.handle(id);
  }

  /**
   * Brings all dead letters of a cause back, the oldest first and a few at a time. It stops where none of the
   * first ones is served; begun again it goes on with what is left. Never throws for what was begun: the report
   * says what was revived, what was refused and why, and what is left.
   *
   * Throws {@link InvalidRequest}, {@link ServerUnreachable} before the first one.
   */
  async reviveCause(request: CauseRevivalRequest): Promise<CauseRevived> {
    return await reviveCause(this.context, this.means.waiter, request);
  }

  /**
   * How every route of the fleet stands: limits, holds, breakers, grants, one entry for each account that a
   * worker with `quota: 'fleet'` has used. One that does not answer is listed with why. Who started only a
   * moment ago may still be missing. Throws {@link ServerUnreachable}.
   */
  async routes(): Promise<readonly GovernorSight[]> {
    return await governors(this.context);
  }

  /**
   * Sends a command to a governor as it is; `pause`, `resume`, `approveCause` and `revokeGrant` know more.
   * Throws {@link RouteCommandRefused}, {@link UnknownGovernor}, {@link NoGovernorAnswered},
   * {@link InvalidRequest}, {@link ServerUnreachable}.
   *
   * @param governor `google/ai-studio/my-project`
   */
  async command(governor: string, command: GovernorCommand): Promise<GovernorView> {
    return await sendCommand(this.context, governor, command);
  }

  /**
   * Stops a scope for everyone, until its hold is resumed; calls under way end as they end. Throws what
   * {@link command} throws.
   */
  async pause(request: PauseRequest): Promise<PlacedHold> {
    return await pauseScope(this.context, request);
  }

  /**
   * Resumes a hold once its cause is fixed, sees it proved, and wakes those that wait for it at the pace of
   * their quota, for `waitMs`; who was not reached looks again by itself. Throws what {@link command} throws.
   */
  async resume(request: ResumeRequest): Promise<Resumed> {
    return await resumeHold(this.context, request);
  }

  /** Uses a degraded route as before, at once. Throws what {@link command} throws. */
  async endDegraded(
    request: EndDegradedRequest,
  ): Promise<{ readonly governor: string; readonly route: RouteKey }> {
    return await endDegraded(this.context, request);
  }

  /**
   * Dead letters by what they died of, the largest group first, with counts, ages, costs and the newest of each; what
   * was revived since is left out. Asks no worker, and reads only the newest of each branch however many there are.
   * Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async deadCauses(options: DeadCausesOptions = {}): Promise<DeadCauseListing> {
    return await deadCauses(this.context, options);
  }

  /** What waits for a person, by cause; asks no worker. Throws {@link InvalidRequest}, {@link ServerUnreachable}. */
  async causes(options: CausesOptions = {}): Promise<CauseListing> {
    return await causes(this.context, options);
  }

  /** The batch lanes: what each collects, and its jobs. Throws {@link ServerUnreachable}. */
  async lanes(): Promise<readonly LaneSight[]> {
    return await lanes(this.context);
  }

  /**
   * Lets everything that waits for a cause leave to one route, within an expiry and a cost cap, and wakes
   * it. Throws {@link DecisionRefused} where the evidence is another one now, and what {@link command}
   * throws.
   */
  async approveCause(approval: CauseApproval): Promise<Granted> {
    return await approveCause(this.context, approval);
  }

  /** Of all governors that answer, newest first; those that expired or were revoked included, while kept. */
  async grants(): Promise<GrantListing> {
    return await grants(this.context);
  }

  /** Nobody leaves by it from now on. Throws what {@link command} throws. */
  async revokeGrant(revocation: Revocation): Promise<PlacedGrant> {
    return await revokeGrant(this.context, revocation);
  }

  /**
   * The runs of generations that ended in a time, latest first, with what each came to: calls, cost, waits. Asks no
   * worker; pages of 1,000 are fetched as they are read. Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async *ended(options: EndedOptions): AsyncGenerator<EndedGeneration, void, undefined> {
    for await (const page of ended(this.context, options)) yield* page;
  }

  /**
   * Counts what ended in a time, for `spend` and reports of one's own. Bounded by `waitMs` and `most`: `complete`
   * says whether all of it was counted. Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async countEnded(options: CountEndedOptions): Promise<Counted> {
    return await countEnded(this.context, options);
  }

  /** What it cost, by day, model, branch, tenant … Bounded like {@link countEnded}, and throws what it throws. */
  async spend(options: SpendOptions): Promise<Spend> {
    return await spend(this.context, options);
  }

  /**
   * Every budget with its limit, what is used and reserved, where it goes, and which marks were reached. One that does
   * not answer is listed with why. Throws {@link ServerUnreachable}.
   */
  async budgets(options: BudgetsOptions = {}): Promise<BudgetListing> {
    return await budgets(this.context, options);
  }

  /**
   * What fails, what it costs, which limits bind, and what to do about it: numbers only. Bounded like {@link countEnded},
   * and throws what it throws; a governor that does not answer is named in `coverage`.
   */
  async report(options: ReportOptions): Promise<Report> {
    return await makeReport(this.context, options);
  }

  /**
   * Starts an edit session and returns at once; with an `id` that runs already, it is that one. What is given
   * is what each turn is asked with, unless it says otherwise.
   *
   * Throws {@link SessionRefused} where a session of this id has ended; {@link InvalidRequest},
   * {@link ServerUnreachable}.
   */
  async session(settings: SessionDraft = {}): Promise<SessionHandle> {
    return this.openSession(await startSession(this.context, this.means.taskQueue, parseSession(settings)));
  }

  /**
   * Edit sessions, a page of them: those that are open first, then those that ended last, with their turns, cost and
   * last image. Asks no worker. Throws {@link InvalidRequest}, {@link ServerUnreachable}.
   */
  async sessions(options: SessionListOptions = {}): Promise<SessionListing> {
    return await listSessions(this.context, options);
  }

  /** A session that was started before, by this process or any other; asks nobody whether it exists. */
  openSession(id: string): SessionHandle {
    return openSession(this.means, id);
  }

  private handle(id: string): GenerationHandle {
    return {
      id,
      result: (options) => this.result(id, options),
      describe: () => this.describe(id),
      cancel: () => this.cancel(id),
    };
  }
}
