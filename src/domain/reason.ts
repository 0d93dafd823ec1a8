/**
 * The finer kind within a branch, closed per branch, each with the one sentence that says who must
 * do what. Errors, CLI, console and docs all print this sentence, so it is written once.
 *
 * `owner` is who can end the trouble; `alertLevel` is how loudly to tell them.
 */
import type { Branch } from './branch.ts';

export type Owner = 'caller' | 'operator' | 'provider' | 'gateway' | 'nobody';
export type AlertLevel = 'info' | 'warning' | 'error';

export interface ReasonFacts {
  readonly owner: Owner;
  readonly alertLevel: AlertLevel;
  /** One sentence, imperative, safe to show to a colleague; no secrets, no request text. */
  readonly userAction: string;
}

function facts(owner: Owner, alertLevel: AlertLevel, userAction: string): ReasonFacts {
  return { owner, alertLevel, userAction };
}

const waitForMinute =
  'Nothing to do: the generation waits for its next slot. If it happens in every session, raise the limit or move work to batch.';
const fixKey = 'Give the worker a valid key in its secret store, restart it, then let it be tried again.';

export const REASONS = {
  'quota-minute': {
    rpm: facts('nobody', 'info', waitForMinute),
    tpm: facts(
      'nobody',
      'info',
      'Nothing to do: the generation waits for the token window. Smaller inputs would fit more images into a minute.',
    ),
    ipm: facts('nobody', 'info', waitForMinute),
  },
  'quota-day': {
    rpd: facts(
      'nobody',
      'info',
      'Wait for midnight Pacific, allow another model (it has its own quota), or ask Google for a higher daily limit.',
    ),
    tpd: facts(
      'nobody',
      'info',
      'Wait for midnight Pacific, allow another model, or ask Google for a higher daily token limit.',
    ),
    ipd: facts(
      'nobody',
      'info',
      'Wait for midnight Pacific, allow another model, or ask Google for a higher daily image limit.',
    ),
  },
  'quota-zero': {
    'limit-zero': facts(
      'operator',
      'error',
      "This model has no quota in the project's tier: enable billing or choose a model that the tier includes.",
    ),
    'no-free-tier': facts(
      'operator',
      'error',
      'Image models have no free tier: enable billing for the project.',
    ),
  },
  'spend-window': {
    'spend-rate': facts(
      'operator',
      'warning',
      'Wait for the rolling spend window to move on, or move the project to a higher usage tier.',
    ),
  },
  billing: {
    'prepay-depleted': facts(
      'operator',
      'error',
      'Add prepaid credit to the project, then let it be tried again.',
    ),
    'spend-cap': facts(
      'operator',
      'error',
      "Raise the project's monthly spend cap or wait for the next month, then let it be tried again.",
    ),
    'billing-disabled': facts(
      'operator',
      'error',
      'Enable billing for the project in the Cloud console, then let it be tried again.',
    ),
    'billing-required': facts(
      'operator',
      'error',
      'This model or region needs a paid plan: enable billing for the project, then let it be tried again.',
    ),
  },
  'quota-storage': {
    'file-storage': facts(
      'operator',
      'error',
      "Delete files from the project's File API storage; waiting does not free it.",
    ),
  },
  'quota-unknown': {
    'no-details': facts(
      'provider',
      'warning',
      'Nothing yet: Google named no limit. If it lasts, look for an account hold in AI Studio and at the live limits.',
    ),
  },
  capacity: {
    overloaded: facts(
      'provider',
      'warning',
      'Nothing to do: the model is overloaded. Allow another model or tier to be served sooner.',
    ),
    'shared-capacity': facts(
      'provider',
      'warning',
      'Nothing to do: shared capacity is exhausted. Allow another model or buy provisioned throughput.',
    ),
    'server-cancelled': facts(
      'provider',
      'warning',
      'Nothing to do: the server dropped the call although nobody cancelled it.',
    ),
  },
  internal: {
    internal: facts(
      'provider',
      'warning',
      'Nothing to do at first; if it lasts, simplify the prompt or allow another model.',
    ),
  },
  'gateway-fault': {
    'bad-gateway': facts('gateway', 'warning', 'Check the proxy or relay between the worker and Google.'),
    'html-answer': facts(
      'gateway',
      'warning',
      'Something between the worker and Google answered with a web page: check the base URL and the proxy.',
    ),
    'not-gemini': facts(
      'gateway',
      'warning',
      "The answer is not Gemini's: check the base URL and the relay.",
    ),
    'origin-error': facts(
      'gateway',
      'warning',
      "The CDN in front of the relay lost its origin: ask the relay's operator.",
    ),
    'empty-answer': facts('gateway', 'warning', 'The answer had no readable body: check the relay.'),
    'relay-error': facts(
      'gateway',
      'warning',
      'The relay failed on its own side: ask its operator or use another endpoint.',
    ),
  },
  timeout: {
    'server-deadline': facts(
      'provider',
      'warning',
      'The request is too heavy for now: allow a smaller size, fewer inputs or another model.',
    ),
    'client-timeout': facts('caller', 'warning', 'Raise callTimeout, or allow a smaller size.'),
    'headers-timeout': facts(
      'operator',
      'warning',
      'An HTTP client timeout shorter than callTimeout struck: raise it.',
    ),
    'gateway-timeout': facts(
      'gateway',
      'warning',
      'A proxy gave up before Google answered: raise its timeout above callTimeout.',
    ),
  },
  network: {
    dns: facts('operator', 'warning', "Check name resolution on the worker's host."),
    refused: facts(
      'operator',
      'warning',
      'Nothing listens at the endpoint: check the base URL and the proxy.',
    ),
    tls: facts('operator', 'error', 'The TLS handshake failed: check certificates, the proxy and the clock.'),
    reset: facts(
      'nobody',
      'warning',
      'Nothing to do at first; if it lasts, check the network between the worker and Google.',
    ),
    'slot-expired': facts(
      'operator',
      'warning',
      'Nothing was sent: writing the fence took longer than the slot was good for. Check how fast the artifact store writes.',
    ),
    unreachable: facts(
      'operator',
      'warning',
      'The endpoint cannot be reached: check routing, firewall and proxy.',
    ),
    other: facts(
      'operator',
      'warning',
      'The connection failed: check the network between the worker and Google.',
    ),
  },
  interrupted: {
    'no-answer': facts(
      'operator',
      'warning',
      'A worker or server was lost in mid-call: decide whether a call that may have been billed is worth repeating.',
    ),
    'left-batch': facts(
      'nobody',
      'info',
      'Nothing to do: somebody called it out of its batch job, which may still bill it at the price of batches.',
    ),
  },
  'no-image': {
    'text-only': facts(
      'caller',
      'info',
      'Ask for an image more plainly; the model answered with words only.',
    ),
    blank: facts(
      'caller',
      'info',
      'Simplify the prompt: core subject and action first, then add requirements back.',
    ),
    refusal: facts('caller', 'info', 'The model declined: read its words and change the prompt.'),
    malformed: facts('provider', 'warning', 'Nothing to do at first; if it lasts, simplify the prompt.'),
    truncated: facts(
      'caller',
      'info',
      'The output limit was reached: raise maxOutputTokens or shorten the request.',
    ),
    'draft-only': facts(
      'provider',
      'info',
      'Only a draft came back: simplify the prompt or lower the thinking level.',
    ),
    'corrupt-image': facts(
      'provider',
      'warning',
      'The image cannot be decoded: the raw response is kept for a support case.',
    ),
  },
  'safety-prompt': {
    safety: facts(
      'caller',
      'info',
      'Rewrite the prompt, or give looser safetySettings for the named category if your policy allows it.',
    ),
    other: facts('caller', 'info', 'Rewrite the prompt; Google gave no category.'),
    'unknown-block': facts('caller', 'info', 'Rewrite the prompt; the block reason is new to this version.'),
  },
  'safety-image': {
    'image-safety': facts(
      'caller',
      'info',
      'Rewrite the prompt: generic descriptions for names, an explicit art style, catalogue context.',
    ),
    'image-other': facts(
      'caller',
      'info',
      'The generated image was withheld without a named reason: rewrite the prompt.',
    ),
  },
  policy: {
    'prohibited-content': facts(
      'caller',
      'warning',
      "Do not send this prompt again: it breaks the provider's use policy.",
    ),
    blocklist: facts('caller', 'warning', 'Do not send this prompt again: it contains blocked terms.'),
    spii: facts('caller', 'warning', 'Remove personal data from the prompt and the inputs.'),
    recitation: facts(
      'caller',
      'warning',
      'The result would reproduce protected material: ask for something original.',
    ),
    jailbreak: facts('caller', 'warning', 'Do not send this prompt again: it was read as a jailbreak.'),
    'model-armor': facts('caller', 'warning', "Your organisation's Model Armor policy refused the prompt."),
    'image-withheld': facts(
      'caller',
      'warning',
      'An image came with a prohibiting finish reason and is not delivered.',
    ),
  },
  permission: {
    'key-invalid': facts('operator', 'error', fixKey),
    'key-expired': facts('operator', 'error', fixKey),
    'key-leaked': facts(
      'operator',
      'error',
      'The key was reported as leaked and is blocked: create a new one, give it to the worker, then let it be tried again.',
    ),
    'key-missing': facts('operator', 'error', fixKey),
    'key-restricted': facts(
      'operator',
      'error',
      "The key's restrictions refuse this API or this host: change them or use another key, then let it be tried again.",
    ),
    'api-disabled': facts(
      'operator',
      'error',
      'Enable the Generative Language (or Vertex AI) API for the project, then let it be tried again.',
    ),
    suspended: facts('operator', 'error', 'The project or its consumer is suspended: open a support case.'),
    iam: facts(
      'operator',
      'error',
      'Grant the service account the missing IAM permission, then let it be tried again.',
    ),
    'org-policy': facts(
      'operator',
      'error',
      "An organisation policy or service perimeter refuses the call: ask the organisation's administrator, then let it be tried again.",
    ),
    'wrong-endpoint': facts(
      'operator',
      'error',
      "This credential belongs to the other endpoint (AI Studio key or Vertex account): fix the route's configuration.",
    ),
    denied: facts(
      'operator',
      'error',
      'Access was denied without a finer reason: test the key with a plain text request.',
    ),
  },
  region: {
    location: facts(
      'operator',
      'error',
      'The API is not offered where the worker runs: run it in a supported region or use Vertex AI.',
    ),
    'bad-location': facts(
      'operator',
      'error',
      "No such location serves the API: correct the location in the route's endpoint (image models are mostly on `global`).",
    ),
    wordless: facts(
      'operator',
      'error',
      "A wordless 403 often means an unsupported region: check the worker's location, then the key.",
    ),
  },
  'gateway-denial': {
    denied: facts(
      'operator',
      'error',
      'The relay refused, not Google: check its key, its plan and its rules.',
    ),
    throttled: facts(
      'gateway',
      'warning',
      "The relay's own limit was hit: it waits as told; ask for a higher limit if it lasts.",
    ),
    'body-limit': facts(
      'operator',
      'error',
      'A proxy refuses requests this large: raise its body limit, or make the inputs smaller.',
    ),
    'out-of-credit': facts(
      'operator',
      'error',
      "The relay's account is out of credit: top it up, then let it be tried again.",
    ),
  },
  'invalid-request': {
    argument: facts(
      'caller',
      'error',
      'Correct the field that the message names; sending it again unchanged cannot succeed.',
    ),
    'too-large': facts('caller', 'error', 'Make the inputs smaller: a request may carry 20 MB.'),
    'too-many-tokens': facts(
      'caller',
      'error',
      "Shorten the prompt or drop older images: the request passes the model's token limit.",
    ),
    ratio: facts('caller', 'error', 'Choose an aspect ratio that the model offers.'),
    size: facts('caller', 'error', 'Choose an image size that the model offers.'),
    mime: facts('caller', 'error', 'Convert the input to PNG, JPEG, WebP, HEIC or HEIF.'),
    thinking: facts(
      'caller',
      'error',
      'Give a thinking level or a budget, not both, and only where the model thinks.',
    ),
    role: facts('caller', 'error', 'Use the roles user and model, ending with user.'),
    empty: facts('caller', 'error', 'Give a prompt that is not empty.'),
    'unknown-field': facts(
      'caller',
      'error',
      'Remove the field that the API does not know, or choose the API version that has it.',
    ),
    unsupported: facts(
      'caller',
      'error',
      'The model or endpoint does not offer this feature: choose another model or leave the field out.',
    ),
    'bad-input': facts(
      'caller',
      'error',
      'An input image cannot be read: send a whole, valid file; in a session, undo or fork an earlier turn.',
    ),
  },
  signature: {
    missing: facts(
      'operator',
      'warning',
      'A thought signature is missing: the session is rebuilt from the store.',
    ),
    corrupted: facts(
      'operator',
      'warning',
      'A thought signature was altered: the session is rebuilt from the store.',
    ),
    'other-route': facts(
      'operator',
      'warning',
      'The signature was made on another route: it is stripped and the last image re-sent as input.',
    ),
  },
  file: {
    expired: facts(
      'caller',
      'warning',
      'The file is gone or belongs to another project: give the original bytes again, they are uploaded anew.',
    ),
    failed: facts('caller', 'warning', 'The file could not be processed: check that it is a whole image.'),
    'not-ready': facts(
      'nobody',
      'info',
      'Nothing to do: the file is still being processed and is waited for.',
    ),
    unreachable: facts('caller', 'error', 'Google cannot fetch the URL: make it public, or give the bytes.'),
  },
  'model-gone': {
    'not-found': facts(
      'operator',
      'error',
      "The model id is unknown to this endpoint: correct it or use the catalogue's replacement.",
    ),
    'shut-down': facts('operator', 'error', "The model was shut down: use the catalogue's replacement."),
    'tier-not-allowed': facts(
      'operator',
      'warning',
      'The account may not use this service tier: raise the account, or leave the tier out of `allow.tiers`.',
    ),
    'not-on-endpoint': facts(
      'operator',
      'error',
      'The model is not offered on this endpoint, region or API version: change the route.',
    ),
  },
  cancelled: {
    caller: facts('nobody', 'info', 'Nothing to do: the caller cancelled.'),
    operator: facts('nobody', 'info', 'Nothing to do: an operator cancelled.'),
  },
  unknown: {
    unrecognised: facts(
      'operator',
      'error',
      'Read the evidence: this failure is new. Report it so that it gets a rule.',
    ),
  },
} as const satisfies { readonly [B in Branch]: Readonly<Record<string, ReasonFacts>> };

export type ReasonOf<B extends Branch> = keyof (typeof REASONS)[B] & string;
export type Reason = { [B in Branch]: ReasonOf<B> }[Branch];

/** Looks up the facts of a reason; total over what {@link Classification} can hold. */
export function reasonFacts<B extends Branch>(branch: B, reason: ReasonOf<B>): ReasonFacts {
  return (REASONS[branch] as Readonly<Record<string, ReasonFacts>>)[reason] as ReasonFacts;
}
