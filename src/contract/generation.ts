/** What goes into a generation, what comes out, and what it tells while it runs. JSON throughout. */
import type { ImageRef } from '../domain/artifact.ts';
import type { Ask, StopScope } from '../domain/ask.ts';
import type { Attempt, Cost, TextRemedy, Variation } from '../domain/attempt.ts';
import type { Billed, Classification } from '../domain/classification.ts';
import type { Branch } from '../domain/branch.ts';
import type { HistoryUse } from '../domain/conversation.ts';
import type { Past } from '../domain/request.ts';
import type { ChangeableField, DecisionRecord } from '../domain/decision.ts';
import type { Subscriber } from '../domain/subscriber.ts';
import type { EndCause, Phase } from '../domain/phase.ts';
import type { Preparation } from '../domain/preparation.ts';
import type { QuietOutlook } from '../domain/quiet.ts';
import type { RequestProblem } from '../domain/request-problem.ts';
import type { GenerationRequest, StoredInput, FileList, UploadedInput } from '../domain/request.ts';
import type { PolicySnapshot, Rung, TextModel } from '../domain/snapshot.ts';
import type { Way } from '../domain/way.ts';
import type { WaitLimit } from './exchange.ts';
import type { Degraded, Grant, Held, Scope } from './standing.ts';

/** The argument of workflow `geminiGeneration`. */
export interface GenerationInput {
  readonly request: GenerationRequest;
  readonly revival?: Revival;
  /** W3C traceparent of the caller's span: what is done for the generation belongs to its trace. */
  readonly traceparent?: string;
}

/** A dead letter comes back as a new run of the same id, knowing what was tried and paid before. */
export interface Revival {
  /** Run id of the dead letter. */
  readonly of: string;
  readonly by: string;
  readonly why: string;
  /** Attempts made before: numbering goes on, so that no fence is met twice. */
  readonly attempts: number;
  /** Digest of the request as it was first sent: the idempotency key belongs to that one (I11). */
  readonly requestDigest: string;
  /** SHA-256 of the last attempt's evidence, where there was one. */
  readonly evidence?: string;
  /** The one field that differs from the request as it was first sent. */
  readonly changed?: ChangeableField;
}

/** How the prompt that delivered differs from the one that was asked. */
export interface PromptChange {
  readonly remedy: TextRemedy;
  readonly change: string;
  readonly techniques: readonly string[];
  /** SHA-256 of the PromptRecord: the texts, their difference, and what was left out. */
  readonly record: string;
  /** SHA-256 of the prompt that was sent. */
  readonly prompt: string;
}

/** What one delivering call gave; the result of activities `gemini.generate` and `gemini.extract`. */
export interface Delivery {
  readonly attempt: Attempt;
  /** Final images; one, unless the model returned several candidates. */
  readonly images: readonly ImageRef[];
  /** Thinking images, apart from the final one. */
  readonly drafts: readonly ImageRef[];
  /** Text parts, each cut to 500 characters; whole in `contents`. */
  readonly texts: readonly string[];
  /** SHA-256 of the model's contents, part by part, with signatures; for edit sessions. */
  readonly contents?: string;
  /** Of a session's turn: the conversation with this turn at its end, and how it was gone on with. */
  readonly conversation?: DeliveredConversation;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly size?: string;
  readonly warnings: readonly string[];
}

/** What the next turn of a session goes on with. */
export interface DeliveredConversation {
  readonly past: Past;
  /** `reseeded`: it began anew here, with its last image (I9). `none`: the first turn. */
  readonly use: HistoryUse;
  /** Oldest images that were left out for good with this turn. */
  readonly leftOut: number;
}

/** One line of a generation's story: `1 gemini-3-pro-image capacity/overloaded`. */
export interface TrailLine {
  readonly n: number;
  readonly move: string;
  readonly model: string;
  /** `branch/reason`, or `success`. */
  readonly verdict: string;
  readonly billed: Billed;
  readonly message?: string;
  readonly evidence?: string;
  readonly fingerprint: string;
}

/** What `images.generate()` resolves to. */
export interface GenerationResult {
  readonly id: string;
  readonly images: readonly ImageRef[];
  readonly drafts: readonly ImageRef[];
  readonly texts: readonly string[];
  readonly contents?: string;
  readonly conversation?: DeliveredConversation;
  readonly route: string;
  readonly model: string;
  readonly modelVersion?: string;
  readonly size?: string;
  /** Why this path and not the one asked for; absent when it is the one asked for. */
  readonly pathWhy?: string;
  /** Absent when the prompt was sent as it was asked. */
  readonly promptChange?: PromptChange;
  /** What people decided on the way; absent when nobody did. */
  readonly decisions?: readonly DecisionRecord[];
  readonly cost: Cost;
  readonly trail: readonly TrailLine[];
  readonly warnings: readonly string[];
}

/** Details of the failure that ends a generation unserved: the dead letter. */
export interface GenerationFailure {
  readonly id: string;
  readonly classification: Classification;
  readonly cause: EndCause;
  readonly why: string;
  readonly cost: Cost;
  readonly trail: readonly TrailLine[];
  readonly evidence?: string;
  readonly decisions?: readonly DecisionRecord[];
}

/** What the store keeps of a dead letter, so that it can be revived beyond Temporal's retention. */
export interface DeadRecord {
  readonly runId: string;
  readonly failure: GenerationFailure;
  readonly request: GenerationRequest;
  /** Digest of the request as it was first sent. */
  readonly requestDigest: string;
  /** Attempts made so far, those of earlier runs included. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly diedAt: number;
  readonly taskQueue: string;
}

/** The answer of query `gemini.describe`; under 16 KiB (I1). */
export interface GenerationView {
  readonly id: string;
  readonly phase: Phase;
  readonly trail: readonly TrailLine[];
  readonly cost: Cost;
  readonly deadlineAt?: number;
  /** What a person may decide now; absent while nothing is asked. */
  readonly ask?: Ask;
  /** Where it may still go, and by whose word; absent where nowhere, and before the first check. */
  readonly ways?: readonly Way[];
  /** What was sent to it so far, oldest first: the last ones, taken or not. */
  readonly decisions: readonly DecisionRecord[];
  readonly revival?: Revival;
  /** A sentence that is safe to show to an end user: no model, no provider text, no cause. */
  readonly publicStatus: string;
}

// What the activities are told and answer.

export interface CheckQuotaInput {
  /** A person decided on this very call: it goes through a hold. */
  readonly insists?: true;
  readonly generationId: string;
  readonly request: GenerationRequest;
  readonly inputs?: readonly StoredInput[];
  /** Epoch milliseconds at which the generation started, by the workflow's clock. */
  readonly startedAt: number;
  /** Present once the first check has resolved the names. */
  readonly snapshot?: PolicySnapshot;
  readonly variation: Variation;
  /** Rungs that are no way out; present where the call may leave for another one, its route degraded or its day over. */
  readonly notElsewhere?: readonly number[];
  /** It leaves only where the day is over: a degraded route is not passed over. */
  readonly staysDegraded?: true;
  /** Tell which of this kind the route has: what asks are grouped by. */
  readonly scope?: StopScope;
}

export type QuotaAnswer =
  | ({ readonly kind: 'go' } & Told)
  | (WaitAnswer & Told)
  | (HeldAnswer & Told)
  | (ElsewhereAnswer & Told)
  | {
      readonly kind: 'invalid';
      readonly problems: readonly RequestProblem[];
      /** Webhooks that are told of the end; absent where there is none. */
      readonly notify?: readonly Subscriber[];
    };

interface Told {
  /** With the first answer: what the names came to. */
  readonly snapshot?: PolicySnapshot;
  /** Where `scope` was asked for and the worker has the route. */
  readonly shares?: Shares;
}

/** What a route shares with others: whose governor keeps a hold or a grant for it, and on what. */
export interface Shares {
  /** `google/ai-studio/my-project` */
  readonly account: string;
  readonly scope: Scope;
}

/** No slot yet; the details of failure `gemini.wait` as well. */
export interface WaitAnswer {
  readonly kind: 'wait';
  readonly ms: number;
  readonly why: string;
  readonly limit: WaitLimit;
  readonly place: number;
  readonly perMinute?: number;
  /** SHA-256 of these numbers, for a person who decides on them; only where the turn may come too late. */
  readonly evidence?: string;
  /** Rungs that are stopped. */
  readonly stopped?: readonly number[];
}

/** The route is held; the details of failure `gemini.wait` as well, without what only a check knows. */
export interface HeldAnswer extends Held {
  /** SHA-256 of the hold's evidence, or of its name until that is stored. */
  readonly evidence: string;
  readonly account?: string;
  /** Rungs that are stopped as well. */
  readonly stopped?: readonly number[];
}

/** The route is degraded, its breaker is open, or its day is over; and this rung is allowed and free. */
export interface ElsewhereAnswer {
  readonly kind: 'elsewhere';
  readonly rung: number;
  /** Why its own route is passed over; exactly one of the three is there. */
  readonly degraded?: Degraded;
  /** The broker's words on the open breaker. */
  readonly breaker?: string;
  /** The broker's words on the day. */
  readonly dayIsOver?: string;
}

export interface GenerateInput {
  readonly generationId: string;
  readonly n: number;
  /** Epoch milliseconds; a generation's age keeps its place in the queue. */
  readonly startedAt: number;
  readonly request: GenerationRequest;
  /** Inputs that `gemini.fetchInputs` stored; absent when the request has no URL inputs. */
  readonly inputs?: readonly StoredInput[];
  readonly snapshot: Pick<PolicySnapshot, 'requestDigest' | 'rungs' | 'callTimeoutMs'>;
  readonly variation: Variation;
  readonly move: Attempt['move'];
  /** `branch/reason` of the attempts before, for the provenance record. */
  readonly before: readonly string[];
  /** The inputs in the provider's file storage, in their order; absent where they travel in the request. */
  readonly files?: readonly UploadedInput[] | FileList;
  /** Who let it leave to a route that the caller had not allowed; without it such a rung is never called. */
  readonly approval?: DecisionRecord;
  /** Where the prompt is not the one that was asked: for the record of the delivered image. */
  readonly promptChange?: PromptChange;
  /** A person decided on this very call: it goes through a hold. */
  readonly insists?: true;
  /** The generation was cancelled: settle what a call may have cost, and make none. */
  readonly bookOnly?: true;
  /** Which entry of this call into a batch lane it is about; absent for a live call. */
  readonly entry?: number;
  /** The caller's span. */
  readonly traceparent?: string;
}

/** A text model's call that makes the prompts of a remedy; fenced, slotted and recorded like any other. */
export interface MakePromptInput extends GenerateInput {
  readonly remedy: TextRemedy;
  readonly text: TextModel;
  /** What the remedy is for. */
  readonly against: { readonly branch: Branch; readonly reason: string };
}

export interface MadePrompts {
  readonly attempt: Attempt;
  readonly preparation: Preparation;
}

/** The inputs as files of the rung's project. */
export interface UploadInput extends GenerateInput {
  /** Number of the attempt that first wanted these files; what was uploaded for it is used, not sent anew. */
  readonly series: number;
}

export interface FallBackInput {
  readonly generationId: string;
  readonly request: GenerationRequest;
  readonly snapshot: Pick<PolicySnapshot, 'rungs'>;
  readonly variation: Variation;
}

export type FallBackAnswer =
  { readonly kind: 'open'; readonly path: string } | { readonly kind: 'closed'; readonly why: string };

/** Asks when the quiet hours of a route are, for a call that may wait for them. */
export interface QuietHoursInput {
  readonly rung: Pick<Rung, 'route' | 'model' | 'tier'>;
}

/** Asks for an operator's grant in place of a person's decision. */
export interface TakeGrantInput {
  readonly generationId: string;
  /** The route that failed, or that is held. */
  readonly rung: Pick<Rung, 'route' | 'model' | 'tier'>;
  readonly branch: Branch;
  /** Names of the routes that are offered, with the worst price of a call there, USD. */
  readonly offers: readonly { readonly route: string; readonly worstUsd: number }[];
}

/** The grant whose use was recorded; empty where there is none with room. */
export interface TakeGrantAnswer {
  readonly grant?: Grant;
}

/** The activities of a generation, by their names on the wire. `gemini.checkQuota` runs locally. */
export interface GenerationActivities {
  'gemini.checkQuota'(input: CheckQuotaInput): Promise<QuotaAnswer>;
  'gemini.fetchInputs'(input: { readonly request: GenerationRequest }): Promise<readonly StoredInput[]>;
  'gemini.generate'(input: GenerateInput): Promise<Delivery>;
  'gemini.extract'(input: GenerateInput): Promise<Delivery>;
  'gemini.fallBack'(input: FallBackInput): Promise<FallBackAnswer>;
  'gemini.takeGrant'(input: TakeGrantInput): Promise<TakeGrantAnswer>;
  'gemini.quietHours'(input: QuietHoursInput): Promise<QuietOutlook>;
  'gemini.makePrompt'(input: MakePromptInput): Promise<MadePrompts>;
  'gemini.upload'(input: UploadInput): Promise<readonly UploadedInput[] | FileList>;
  'gemini.shrinkInputs'(input: GenerateInput): Promise<Preparation>;
  'gemini.deleteFiles'(input: GenerateInput): Promise<Preparation>;
  'gemini.bury'(record: DeadRecord): Promise<void>;
}
