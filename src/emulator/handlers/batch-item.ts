/**
 * One request of a batch job, served as a live one is: validation, faults, safety, picture, ledger. Its
 * entry names job and key; it costs half, and takes no quota of live calls.
 */
import type { Answer } from '../answer.ts';
import { faultedCall, refused, struckAnswer } from '../api-call.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import type { BatchItem, BatchJob, ItemResult } from '../batches/batch-job.ts';
import { echoKey } from '../keys.ts';
import { generationOf } from '../ledger.ts';
import { readGenerateRequest, unknownFields } from '../request/read.ts';
import { decide, learn } from './generate-content.ts';

export const ITEM_METHOD = 'batch.item';

/** @param created The call that made the job: its caller's key, project and address go for the items. */
export async function serveItem(
  created: ApiCall,
  apiKey: string | undefined,
  job: BatchJob,
  item: BatchItem,
): Promise<ItemResult> {
  const { context } = created;
  const startedAt = Date.now();
  const { apiVersion } = created.target;
  const batch = {
    job: `batches/${job.id}`,
    line: item.line,
    ...(item.key === undefined ? {} : { key: item.key }),
  };
  const entry = context.ledger.open({
    method: ITEM_METHOD,
    apiVersion,
    endpoint: created.entry.endpoint,
    headers: {},
    at: startedAt,
    model: job.model,
  });
  const generation = generationOf(item.key);
  Object.assign(entry, { batch, ...(generation ? { generation } : {}) });
  if (created.entry.keyHash !== undefined) entry.keyHash = created.entry.keyHash;
  const { generation: _job, ...faultable } = created.faultable;
  const call: ApiCall = {
    ...created,
    target: { method: ITEM_METHOD, apiVersion, model: job.model, batch: true },
    entry,
    body: item.request,
    faultable: { ...faultable, method: ITEM_METHOD, inBatch: true, ...(generation ? { generation } : {}) },
  };
  const decision = await decideItem(call);
  entry.decision = decision.label;
  entry.billed = decision.billed ?? false;
  entry.usd = decision.usd ?? 0;
  if (decision.tokens) entry.tokens = decision.tokens;
  const answer = typeof decision.answer === 'function' ? await decision.answer() : decision.answer;
  entry.status = answer.status;
  entry.delivered = 'whole';
  entry.durationMs = Date.now() - startedAt;
  const echoed = context.echoKey && apiKey !== undefined && answer.status >= 400;
  return resultOf(echoed ? echoKey(answer, apiKey) : answer);
}

async function decideItem(call: ApiCall): Promise<Decision> {
  const read = readGenerateRequest(call.body);
  if (read.kind === 'refused') return refused(read.answer);
  const faulty = learn(call, read.request);
  if (faulty) return faulty;
  const strike = call.context.faults.strike('front', call.faultable);
  const struck = strike && struckAnswer(strike, faultedCall(call));
  if (struck) return struck;
  if (read.unknown.length > 0) return refused(unknownFields(read.unknown));
  return decide(call, read.request, false, false);
}

/** google.rpc's numbers, from 1: items carry them where answers carry HTTP's. */
const NUMBERS = [
  ...['CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];
const INTERNAL = NUMBERS.indexOf('INTERNAL') + 1;

/** What no Google server wrote, no batch job passes on: it says internal. */
function resultOf({ status, body }: Answer): ItemResult {
  const value = parsed(body.toString());
  const { error } = value;
  if (status < 400 && error === undefined && value !== NOTHING) return { response: value };
  const { status: word, message, details } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const number = NUMBERS.indexOf(String(word)) + 1;
  return {
    error: {
      code: number || INTERNAL,
      message: number > 0 ? String(message) : 'Internal error encountered.',
      ...(number > 0 && details !== undefined ? { details } : {}),
    },
  };
}

const NOTHING: Readonly<Record<string, unknown>> = {};

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return NOTHING;
  }
}
