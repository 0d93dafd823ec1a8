/**
 * The life of one API call, whatever its method: ledger entry, early faults, body, front faults, key,
 * the handler's decision, delivery. The decision is booked before anything is delivered, so a
 * connection that breaks later has cost what was decided.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { googleError, invalidArgument } from './answer.ts';
import type { Answer } from './answer.ts';
import type { EmulatorContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { FaultAction } from './faults/action.ts';
import type { Strike } from './faults/book.ts';
import type { FaultableCall } from './faults/match.ts';
import type { FaultedCall } from './faults/preset.ts';
import { presetOf } from './faults/presets.ts';
import type { Transport } from './faults/transport.ts';
import { echoKey, keyHash, keyOf, keyTail, projectOf, refuseKey } from './keys.ts';
import { latencyMs } from './latency.ts';
import { keptHeaders } from './ledger.ts';
import type { LedgerEntry, Tokens } from './ledger.ts';
import { outputOf } from './request/model.ts';
import { bearerOf, refuseCaller, unknownLocation } from './vertex/access.ts';
import { endpointOf } from './vertex/place.ts';
import type { VertexPlace } from './vertex/place.ts';
import { vertexWords } from './vertex/words.ts';

/** What a request may carry, as the provider counts it. */
export const MAX_REQUEST_BYTES = 20_971_520;

export interface ApiTarget {
  readonly method: string;
  readonly apiVersion: string;
  readonly model?: string;
  /** Absent: AI Studio's dialect. */
  readonly vertex?: VertexPlace;
  /** The id of the file that the path names. */
  readonly file?: string;
  /** A request of a batch job. */
  readonly batch?: boolean;
}

/** What is to happen with a call, complete before the first byte goes out. */
export interface Decision {
  /** The ledger's word for it. */
  readonly label: string;
  readonly billed?: boolean;
  readonly tokens?: Tokens;
  readonly usd?: number;
  /** Whether it reached a model and takes as long as one. */
  readonly atModel?: boolean;
  readonly transport?: Transport | undefined;
  /** Made while the latency runs. */
  readonly answer: Answer | (() => Promise<Answer>);
}

export interface ApiCall {
  readonly context: EmulatorContext;
  readonly target: ApiTarget;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Whose files the key sees; empty without a key. */
  readonly project: string;
  readonly entry: LedgerEntry;
  readonly body: Buffer;
  /** What faults may match on; handlers add what they learn from the body. */
  faultable: FaultableCall;
}

/** A method's own part. `read` learns what faults match on; `decide` runs for a call let through. */
export interface ApiMethod {
  readonly read?: (call: ApiCall) => Decision | undefined | Promise<Decision | undefined>;
  readonly decide: (call: ApiCall) => Promise<Decision>;
  /** Dresses error answers, for streams and for another provider. */
  readonly dress?: (answer: Answer) => Answer;
  /** What the body may have. @default MAX_REQUEST_BYTES */
  readonly maxBytes?: number;
  /** The URL itself says who may call, a key is not asked for. @default false */
  readonly keyless?: boolean;
  /** Another provider's way to carry a key. @default Google's */
  readonly keyOf?: (request: IncomingMessage) => string | undefined;
  /** The answer to a key that may not call, in that provider's words. */
  readonly refuseKey?: (key: string | undefined) => Answer | undefined;
}

export async function serveApiCall(
  exchange: Exchange,
  context: EmulatorContext,
  target: ApiTarget,
  method: ApiMethod,
): Promise<void> {
  const now = Date.now();
  const { model, file, vertex } = target;
  const apiKey = keyOf(exchange.request, exchange.url);
  const key = method.keyOf
    ? method.keyOf(exchange.request)
    : vertex === undefined
      ? apiKey
      : bearerOf(exchange.request);
  const headers = keptHeaders(exchange.request.headers);
  const entry = context.ledger.open({
    method: target.method,
    apiVersion: target.apiVersion,
    headers,
    at: now,
    endpoint: endpointOf(vertex),
    ...(vertex === undefined ? {} : { location: vertex.location }),
    ...(model === undefined ? {} : { model }),
    ...(file === undefined ? {} : { file }),
  });
  if (key !== undefined) entry.keyHash = keyHash(key);
  const issued = vertex === undefined || key === undefined ? undefined : context.tokens.find(key);
  if (issued !== undefined) entry.account = issued.account.clientEmail;
  const faultable: FaultableCall = {
    method: target.method,
    endpoint: entry.endpoint,
    promptAttempt: entry.n,
    ...(model === undefined ? {} : { model, output: outputOf(model, context.options) }),
    ...(file === undefined ? {} : { file }),
    ...(key === undefined || vertex !== undefined ? {} : { keyTail: keyTail(key) }),
    ...(entry.generation ? { generation: entry.generation } : {}),
  };

  const early = context.faults.strike('connection', faultable);
  if (early) {
    entry.decision = `fault:${early.name}`;
    exchange.reset();
    return close(entry, 'none', now);
  }
  const maxBytes = method.maxBytes ?? MAX_REQUEST_BYTES;
  const read = await exchange.readBody(maxBytes);
  if (read.kind === 'gone') {
    entry.decision = 'client-left';
    return close(entry, 'none', now);
  }
  const body = read.kind === 'body' ? read.body : Buffer.alloc(0);
  // Vertex has no files.
  const project = key === undefined || vertex !== undefined ? '' : projectOf(key, context.options.projects);
  const { headers: allHeaders } = exchange.request;
  const call: ApiCall = {
    ...{ context, target, entry, body, faultable, project },
    ...{ url: exchange.url, headers: allHeaders },
  };
  let decision: Decision;
  try {
    decision =
      read.kind === 'too-large'
        ? refused(invalidArgument(`Request payload size exceeds the limit: ${maxBytes} bytes.`))
        : ((await method.read?.(call)) ??
          frontFault(call) ??
          (method.keyless ? undefined : callerRefusal(call, { key, apiKey, method })) ??
          (await method.decide(call)));
  } catch (error) {
    decision = broken(error);
  }
  book(call, decision);
  const [answer] = await Promise.all([
    settle(decision),
    exchange.wait(decision.atModel ? latencyMs(context.options.latencyMs, context.options.seed, entry.n) : 0),
  ]);
  entry.status = answer.status;
  let dressed = answer.status >= 400 ? (method.dress?.(answer) ?? answer) : answer;
  if (context.echoKey && key !== undefined && answer.status >= 400) dressed = echoKey(dressed, key);
  close(entry, await exchange.send(dressed, decision.transport), now);
}

export function refused(answer: Answer, label = 'invalid'): Decision {
  return { label, answer };
}

/** The error answer of a strike, where it has one of its own; shapes and bare transport faults have none. */
export function struckAnswer(strike: Strike, facts: FaultedCall): Decision | undefined {
  const { action } = strike;
  const preset = action.preset ? presetOf(action.preset) : undefined;
  const label = `fault:${strike.name}`;
  if (action.raw)
    return { label, answer: action.raw, billed: action.billed ?? false, transport: action.transport };
  if (preset?.kind !== 'error') return undefined;
  return {
    label,
    answer: vertexWords(action.preset, facts) ?? preset.answer(withDelay(facts, action)),
    billed: action.billed ?? preset.billed ?? false,
    atModel: preset.stage === 'model',
    transport: action.transport,
  };
}

export function withDelay(facts: FaultedCall, action: FaultAction): FaultedCall {
  return action.delayMs === undefined ? facts : { ...facts, delayMs: action.delayMs };
}

export function faultedCall(call: ApiCall): FaultedCall {
  return {
    model: call.faultable.model ?? '',
    apiVersion: call.target.apiVersion,
    vertex: call.target.vertex,
    prompt: call.faultable.prompt ?? '',
    modalities: call.faultable.modalities ?? ['TEXT', 'IMAGE'],
    file: call.faultable.file,
    timeScale: call.context.options.timeScale,
  };
}

function frontFault(call: ApiCall): Decision | undefined {
  const strike = call.context.faults.strike('front', call.faultable);
  if (!strike) return undefined;
  const decision = struckAnswer(strike, faultedCall(call));
  // `reset-before` has no answer: the connection goes before anything is decided.
  return decision ?? { label: `fault:${strike.name}`, answer: NO_ANSWER, transport: strike.action.transport };
}

const NO_ANSWER: Answer = { status: 0, headers: {}, body: '' };

function callerRefusal(
  { context, target }: ApiCall,
  caller: {
    readonly key: string | undefined;
    readonly apiKey: string | undefined;
    readonly method: ApiMethod;
  },
): Decision | undefined {
  const { model, vertex } = target;
  const { key, apiKey, method } = caller;
  if (vertex !== undefined && !context.options.vertex.locations.includes(vertex.location))
    return refused(unknownLocation(vertex, model ?? ''), 'unknown-location');
  const answer = method.refuseKey
    ? method.refuseKey(key)
    : vertex === undefined
      ? refuseKey(key, context.options)
      : refuseCaller(vertex, {
          ...{ token: key, withApiKey: apiKey !== undefined, model, now: Date.now() },
          issued: key === undefined ? undefined : context.tokens.find(key),
        });
  return answer && refused(answer, 'refused-key');
}

/** A defect of the emulator must look like one, not like the provider. */
function broken(error: unknown): Decision {
  const message = `emulator defect: ${error instanceof Error ? error.message : String(error)}`;
  return { label: 'emulator-defect', answer: googleError(500, 'INTERNAL', message) };
}

function book({ entry, faultable }: ApiCall, decision: Decision): void {
  entry.decision = decision.label;
  // A fault that costs an image costs none where none was to be made: with words, with files.
  entry.billed = faultable.output === 'image' && (decision.billed ?? false);
  entry.usd = decision.usd ?? 0;
  if (decision.tokens) entry.tokens = decision.tokens;
}

async function settle(decision: Decision): Promise<Answer> {
  if (typeof decision.answer !== 'function') return decision.answer;
  try {
    return await decision.answer();
  } catch (error) {
    return broken(error).answer as Answer;
  }
}

function close(entry: LedgerEntry, delivered: LedgerEntry['delivered'], startedAt: number): void {
  entry.delivered = delivered;
  entry.durationMs = Date.now() - startedAt;
  // A connection that broke before an answer has no status, whatever had been decided.
  if (entry.status === 0) delete entry.status;
}
