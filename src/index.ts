/**
 * Package export `.`: the client and its types. Named exports only, and no native code however far
 * down, so that a web server can import it.
 */
export { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from './artifacts/errors.ts';
export { FileArtifactStore } from './artifacts/file-store.ts';
export { MemoryArtifactStore } from './artifacts/memory-store.ts';
export type { MemoryArtifactStoreOptions } from './artifacts/memory-store.ts';
export { openStore } from './artifacts/open-store.ts';
export { readProvenance } from './artifacts/provenance.ts';
export type { Provenance } from './artifacts/provenance.ts';
export type { S3ArtifactStoreOptions, S3Sender } from './artifacts/s3-options.ts';
export { S3ArtifactStore } from './artifacts/s3-store.ts';
export type { ArtifactStore } from './artifacts/store.ts';
export { Bulk } from './client/bulk.ts';
export type { BulkSource } from './client/bulk.ts';
export type { BulkItem, BulkLine, BulkOptions, BulkOutcome, BulkProgress } from './client/bulk-item.ts';
export type { BudgetListing, BudgetsOptions } from './client/budgets.ts';
export { isSilentBudget } from './client/budgets-sight.ts';
export type { BudgetSight, BudgetStand, SilentBudget, TenantBudgets } from './client/budgets-sight.ts';
export type { Woken } from './client/causes-wake.ts';
export type { ConnectOptions } from './client/connect.ts';
export type { RequestChange } from './client/changed-field.ts';
export type { CountEndedOptions, Counted } from './client/count-ended.ts';
export type { CauseGroup, CauseListing, CausesOptions, OfferedRoute } from './client/causes.ts';
export type { CountOptions } from './client/count.ts';
export type { DeadCause, DeadCauseListing, DeadCausesOptions } from './client/dead-causes.ts';
export type { DecisionRequest } from './client/decide.ts';
export type { Asked, Description } from './client/describe.ts';
export type { EndedGeneration, EndedOptions } from './client/ended.ts';
export {
  DecisionRefused,
  GenerationFailed,
  IdempotencyConflict,
  NotRevivable,
  NoWorkerAnswered,
  ServerUnreachable,
  StillRunning,
  UnknownGeneration,
} from './client/errors.ts';
export type { AttemptEvidence } from './client/evidence.ts';
export { GeminiImages } from './client/gemini-images.ts';
export type { GeminiImagesOptions } from './client/gemini-images.ts';
export type { GenerationHandle, WaitOptions } from './client/generation-handle.ts';
export type { SessionHandle, TurnHandle } from './client/session-handle.ts';
export type { GenerationStatus } from './client/execution-status.ts';
export { isSilent } from './client/governors-sight.ts';
export type { GovernorSight, SilentGovernor } from './client/governors-sight.ts';
export { NoGovernorAnswered, RouteCommandRefused, UnknownGovernor } from './client/governors-errors.ts';
export type { CauseApproval, Granted, GrantListing, PlacedGrant, Revocation } from './client/grants.ts';
export type { LaneSight, SilentLane } from './client/lanes.ts';
export type { Listing, ListOptions } from './client/list.ts';
export type { Listed } from './client/listed.ts';
export type { MoveRequest } from './client/move.ts';
export type { ReportOptions } from './client/report.ts';
export type { PromptTexts } from './client/prompt-texts.ts';
export type { RevivalRequest } from './client/revive.ts';
export type { CauseRevivalRequest, CauseRevived, RevivedEach } from './client/revive-cause.ts';
export type { EndDegradedRequest } from './client/routes-degraded.ts';
export type { PauseRequest, PlacedHold } from './client/routes-hold.ts';
export type { Resumed, ResumeRequest } from './client/routes-resume.ts';
export { NoSessionAnswered, SessionRefused, UnknownSession } from './client/session-errors.ts';
export type { Spend, SpendBy, SpendOptions } from './client/spend.ts';
export type { ListedSession, SessionListing, SessionListOptions } from './client/sessions-list.ts';
export type { GovernorView, LaneView, LimitView } from './contract/exchange.ts';
export type {
  GenerationFailure,
  GenerationInput,
  GenerationResult,
  GenerationView,
  PromptChange,
  Revival,
  TrailLine,
} from './contract/generation.ts';
export {
  ANSWER_SIGNAL,
  ASK_SIGNAL,
  DEFAULT_TASK_QUEUE,
  ENTITY_QUERIES,
  ENTITY_TASK_QUEUE,
  ENTITY_TYPES,
  ENTITY_UPDATES,
  FAILURES,
  governorWorkflowId,
  MEMO,
  QUERIES,
  SESSION_QUERIES,
  SESSION_UPDATES,
  LANE_QUERIES,
  laneWorkflowId,
  MOVE_SIGNALS,
  SIGNALS,
  UPDATES,
  WORKFLOW_TYPES,
} from './contract/names.ts';
export type { Question, SessionAnswer, SessionAsk, TurnResult } from './contract/session-asks.ts';
export type {
  AcceptedTurn,
  EditRequest,
  SaidOfSession,
  SessionEnd,
  SessionInput,
  SessionMemo,
  SessionSettings,
  SessionView,
  TurnView,
  Undone,
} from './contract/session.ts';
export type {
  LaneJobView as BatchJobView,
  LaneLimits as BatchLimits,
  LaneView as BatchLaneView,
} from './contract/lane.ts';
export { SEARCH_ATTRIBUTES } from './contract/search-attributes.ts';
export { SIGNAL_OF } from './contract/signal-of.ts';
export type {
  Alert,
  Breaker,
  Cause,
  Degraded,
  GovernorCommand,
  Grant,
  Hold,
  RouteKey,
  RouteStatistics,
  Scope,
  StandingEvent,
} from './contract/standing.ts';
export { advise } from './domain/advice/index.ts';
export type { Advice, AdviceRequest } from './domain/advice/index.ts';
export type { ArtifactRef, ImageRef } from './domain/artifact.ts';
export type { Ask, AskOption, Choice, HoldScope } from './domain/ask.ts';
export type { Cost } from './domain/attempt.ts';
export { BRANCHES, isStopBranch, STOP_BRANCHES } from './domain/branch.ts';
export type { Branch, StopBranch } from './domain/branch.ts';
export type { Billed, Certainty, Classification } from './domain/classification.ts';
export { CHANGEABLE_FIELDS } from './domain/decision.ts';
export type { ChangeableField, DecisionOutcome, DecisionRecord } from './domain/decision.ts';
export { EVENT_TYPES } from './domain/notification.ts';
export type {
  BudgetNews,
  EventType,
  GenerationNews,
  NotificationEvent,
  RouteNews,
} from './domain/notification.ts';
export type { EndCause, Phase, PhaseName } from './domain/phase.ts';
export type { DiffPart, PromptRecord } from './domain/preparation.ts';
export type { AlertLevel, Owner, Reason, ReasonOf } from './domain/reason.ts';
export { findingWords } from './domain/report/advice-words.ts';
export type { Finding, Verdict } from './domain/report/advice/finding.ts';
export { coverageWords } from './domain/report/coverage-words.ts';
export type { Figures } from './domain/report/figures.ts';
export type { Report, SpendLine } from './domain/report/report.ts';
export type { RequestProblem } from './domain/request-problem.ts';
export type { GenerationRequest, Permissions, Size, Urgency } from './domain/request.ts';
export type { CallTally, Tally, WaitKind } from './domain/tally.ts';
export { JSON_SCHEMA_NAMES, jsonSchema, requestJsonSchema } from './schema/json-schema.ts';
export type { JsonSchemaName } from './schema/json-schema.ts';
export { InvalidRequest } from './schema/request.ts';
export type { GenerateRequest } from './schema/request.ts';
export type { NotificationSettings, WebhookSettings } from './schema/webhooks.ts';
export { verifyWebhook, WebhookRefused } from './webhooks/verify.ts';
export type { VerifyWebhookOptions, WebhookHeaders, WebhookProblem } from './webhooks/verify.ts';
