/** What each branch is called and what tells it, for the README's table, the CLI and the console. */
import type { Branch } from './branch.ts';

export interface BranchFacts {
  /** A clause that a person who does not know the code understands. */
  readonly title: string;
  /** The evidence that puts a failure into this branch. */
  readonly toldBy: string;
}

export const BRANCH_FACTS: Readonly<Record<Branch, BranchFacts>> = {
  'quota-minute': {
    title: "a minute's limit was reached",
    toldBy: '429 whose worst violation is per minute: requests, tokens or images',
  },
  'quota-day': {
    title: "the day's limit was reached",
    toldBy: '429 that names a per-day limit, even when RetryInfo says 22 s; a reset an hour or more away',
  },
  'quota-zero': {
    title: "the project's tier has no quota for this model",
    toldBy: '`limit: 0`, a free-tier limit on an image model, "doesn\'t have a free quota tier"',
  },
  'spend-window': {
    title: 'money is being spent faster than the tier allows',
    toldBy: '429 that speaks of a spend-based rate limit',
  },
  billing: {
    title: 'the project cannot pay',
    toldBy:
      'prepaid credit depleted, spending cap reached, billing disabled or required, `FAILED_PRECONDITION`',
  },
  'quota-storage': {
    title: "the project's file storage is full",
    toldBy: '429 that names `FileStorageBytesPerProject`',
  },
  'quota-unknown': {
    title: 'a limit was reached that the answer does not name',
    toldBy: '429 without details: shared capacity or an account hold',
  },
  capacity: {
    title: 'the model is overloaded',
    toldBy:
      '503 `UNAVAILABLE`, "overloaded", "high demand", a Vertex 429 without a limit, 499 that nobody asked for',
  },
  internal: { title: 'Google failed inside', toldBy: '500 `INTERNAL`, "an internal error has occurred"' },
  'gateway-fault': {
    title: 'something between us and Google failed',
    toldBy: "502, 520–527, a web page or a body that is not Gemini's, a relay's own error",
  },
  timeout: {
    title: 'the answer took too long',
    toldBy:
      '504 `DEADLINE_EXCEEDED`, "Deadline expired" under any status, our own timeout, an HTTP client\'s header timeout',
  },
  network: { title: 'the connection failed', toldBy: 'no answer: DNS, refused, unreachable, TLS, reset' },
  interrupted: {
    title: 'a worker or server was lost in mid-call',
    toldBy:
      'a call that was sent, and no stored answer after its timeout; or a call that left its batch job by choice',
  },
  'no-image': {
    title: 'the answer holds no usable image',
    toldBy: '200 with words only, blank, malformed, truncated, with drafts only, or with a corrupt image',
  },
  'safety-prompt': {
    title: 'the prompt was blocked by the configurable safety filter',
    toldBy: '`promptFeedback.blockReason` SAFETY, OTHER, IMAGE_SAFETY or unknown; `finishReason` SAFETY',
  },
  'safety-image': {
    title: 'the generated image was withheld by the output filter',
    toldBy: '`IMAGE_SAFETY`, "generated images may contain unsafe content", filtered predictions',
  },
  policy: {
    title: "the request breaks the provider's use policy",
    toldBy:
      'PROHIBITED_CONTENT, IMAGE_PROHIBITED_CONTENT, BLOCKLIST, SPII, RECITATION, IMAGE_RECITATION, JAILBREAK, MODEL_ARMOR, an image beside one of them, "sensitive words"',
  },
  permission: {
    title: 'the credential may not do this',
    toldBy:
      '401, 403 `PERMISSION_DENIED`; invalid, expired, leaked or restricted key; API disabled; IAM; wrong endpoint',
  },
  region: {
    title: 'the API is not offered in this place',
    toldBy: '"location is not supported" (400 or 403), a wordless 403, a location that does not exist',
  },
  'gateway-denial': {
    title: 'a relay or proxy refused, not Google',
    toldBy: "a CDN's block page, a relay's own key, credit, size or rate limit",
  },
  'invalid-request': {
    title: 'the request is at fault',
    toldBy:
      "400 `INVALID_ARGUMENT`: size, ratio, mime, thinking, role, tokens, an unreadable input; an SDK's own check",
  },
  signature: {
    title: 'a thought signature is missing or wrong',
    toldBy: '400 that names a thought signature: missing, corrupted, from another route',
  },
  file: {
    title: 'a referenced file or URL cannot be used',
    toldBy: '403 "or it may not exist", expired, FAILED, still PROCESSING, a URL that Google cannot fetch',
  },
  'model-gone': {
    title: 'the model is not there',
    toldBy:
      '404: unknown id, shut down, not on this endpoint, region or API version; a relay without a channel for it',
  },
  cancelled: { title: 'the call was cancelled', toldBy: 'the caller or an operator aborted it' },
  unknown: { title: 'this failure is new', toldBy: 'nothing in the table matches' },
};
