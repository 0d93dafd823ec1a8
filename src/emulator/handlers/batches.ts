/**
 * batchGenerateContent and what becomes of its jobs: get, list in pages, cancel, delete. A job is there
 * once its creation is decided, whatever the connection then does with the answer. Foreign and unknown
 * jobs are one 404.
 */
import type { Answer } from '../answer.ts';
import { googleError, googleJson, invalidArgument } from '../answer.ts';
import { faultedCall, refused, serveApiCall, struckAnswer } from '../api-call.ts';
import type { ApiCall, ApiTarget, Decision } from '../api-call.ts';
import { batchResource } from '../batches/batch-job.ts';
import type { BatchItem, BatchJob } from '../batches/batch-job.ts';
import { resultFile } from '../batches/result-file.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { presetOf } from '../faults/presets.ts';
import { keyOf } from '../keys.ts';
import { QUOTA_HEADLINE, QUOTA_HELP } from '../quota-errors.ts';
import { readBatch, readBatchFile } from '../request/batch.ts';
import { fileOf } from '../request/files.ts';
import { findModel, modelNotFound } from '../request/model.ts';
import { readGenerateRequest } from '../request/read.ts';
import { promptTokens } from '../request/tokens.ts';
import { serveItem } from './batch-item.ts';

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 100;

type BatchTarget = Pick<ApiTarget, 'apiVersion'> & { readonly batch: string };

export async function createBatch(
  exchange: Exchange,
  context: EmulatorContext,
  target: Pick<ApiTarget, 'apiVersion'> & { readonly model: string },
): Promise<void> {
  const apiKey = keyOf(exchange.request, exchange.url);
  await serveApiCall(
    exchange,
    context,
    { method: 'batches.create', ...target },
    { decide: async (call) => create(call, target.model, apiKey) },
  );
}

export async function getBatch(
  exchange: Exchange,
  context: EmulatorContext,
  { batch, apiVersion }: BatchTarget,
): Promise<void> {
  await serveBatchCall(exchange, context, { method: 'batches.get', apiVersion }, (call) =>
    answerFor(call, batch, (job) => batchResource(job, true)),
  );
}

export async function listBatches(
  exchange: Exchange,
  context: EmulatorContext,
  target: Pick<ApiTarget, 'apiVersion'>,
): Promise<void> {
  await serveBatchCall(exchange, context, { method: 'batches.list', ...target }, batchesPage);
}

export async function cancelBatch(
  exchange: Exchange,
  context: EmulatorContext,
  { batch, apiVersion }: BatchTarget,
): Promise<void> {
  await serveBatchCall(exchange, context, { method: 'batches.cancel', apiVersion }, (call) =>
    answerFor(call, batch, (job) => {
      context.batches.cancel(job);
      return {};
    }),
  );
}

export async function deleteBatch(
  exchange: Exchange,
  context: EmulatorContext,
  { batch, apiVersion }: BatchTarget,
): Promise<void> {
  await serveBatchCall(exchange, context, { method: 'batches.delete', apiVersion }, (call) =>
    answerFor(call, batch, (job) => {
      context.batches.delete(job);
      return {};
    }),
  );
}

function create(call: ApiCall, modelId: string, apiKey: string | undefined): Decision {
  const { context, target, project, entry } = call;
  const now = Date.now();
  const asked = readBatch(call.body);
  if ('answer' in asked) return refused(asked.answer);
  const found = findModel(modelId, target, context.options);
  if (found.kind === 'refused') return refused(found.answer);
  const { model } = found;
  if (model.output === 'text')
    return refused(modelNotFound(modelId, target.apiVersion, 'batchGenerateContent'));
  entry.servedModel = model.id;
  const input = inputOf(call, asked.input, now);
  if ('answer' in input) return refused(input.answer);
  const tokens = input.items.reduce((sum, item) => sum + tokensOf(item), 0);
  if (!context.batches.fits(project, model.id, tokens)) return refused(enqueuedTooMuch(), 'quota:batch');
  const strike = context.faults.strike('model', call.faultable);
  const error = strike && struckAnswer(strike, faultedCall(call));
  if (error) return error;
  const preset = strike?.action.preset === undefined ? undefined : presetOf(strike.action.preset);
  const { displayName } = asked;
  const job = context.batches.add(
    {
      ...{ ...input, project, displayName, tokens },
      ...{ model: modelId, servedModel: model.id },
      fault: preset?.kind === 'batch' ? preset.does : undefined,
    },
    {
      serve: (one, item) => serveItem(call, apiKey, one, item),
      store: (one) => storeResults(context, one),
    },
    now,
  );
  entry.batch = { job: `batches/${job.id}` };
  return {
    label: strike ? `fault:${strike.name}` : 'batches',
    transport: strike?.action.transport,
    answer: googleJson(200, batchResource(job, true)),
  };
}

type Input = Pick<BatchJob, 'items' | 'inputFile' | 'problem'>;

function inputOf(
  { context, project, entry }: ApiCall,
  input: Exclude<ReturnType<typeof readBatch>, { answer: Answer }>['input'],
  now: number,
): Input | { readonly answer: Answer } {
  if (input.kind === 'inline') return { items: input.items };
  const file = fileOf(input.uri, { shelf: context.files, project, now });
  if ('answer' in file) return file;
  entry.file = file.id;
  return { ...readBatchFile(file.bytes), inputFile: `files/${file.id}` };
}

function tokensOf({ request }: BatchItem): number {
  const read = readGenerateRequest(request);
  return read.kind === 'request' ? promptTokens(read.request).total : 0;
}

function storeResults({ files }: EmulatorContext, job: BatchJob): string {
  const { id } = files.add(
    {
      id: `batch-${job.id}`,
      project: job.project,
      mimeType: 'application/jsonl',
      bytes: resultFile(job),
      fails: false,
      generated: true,
    },
    Date.now(),
  );
  return `files/${id}`;
}

/** Of what kind the limit is, the provider does not say. */
function enqueuedTooMuch(): Answer {
  return googleError(429, 'RESOURCE_EXHAUSTED', QUOTA_HEADLINE, [QUOTA_HELP]);
}

function answerFor(call: ApiCall, id: string, told: (job: BatchJob) => unknown): Answer {
  const job = call.context.batches.find(call.project, id);
  call.entry.batch = { job: `batches/${id}` };
  return job ? googleJson(200, told(job)) : googleError(404, 'NOT_FOUND', 'Requested entity was not found.');
}

async function serveBatchCall(
  exchange: Exchange,
  context: EmulatorContext,
  target: ApiTarget,
  answer: (call: ApiCall) => Answer,
): Promise<void> {
  await serveApiCall(exchange, context, target, {
    decide: async (call) => {
      const strike = context.faults.strike('model', call.faultable);
      const error = strike && struckAnswer(strike, faultedCall(call));
      if (error) return error;
      const told = answer(call);
      const label = strike ? `fault:${strike.name}` : told.status === 200 ? 'batches' : 'invalid';
      return { label, answer: told, transport: strike?.action.transport };
    },
  });
}

function batchesPage(call: ApiCall): Answer {
  const query = call.url.searchParams;
  const size = Math.min(Number(query.get('pageSize') ?? 0) || DEFAULT_PAGE, LARGEST_PAGE);
  const token = query.get('pageToken');
  const newest = token ? Number(Buffer.from(token, 'base64url').toString()) : Number.POSITIVE_INFINITY;
  if (Number.isNaN(newest)) return invalidArgument('Invalid page token.');
  const left = call.context.batches.list(call.project).filter((job) => job.n <= newest);
  const page = left.slice(0, size).map((job) => batchResource(job, false));
  const next = left[size];
  return googleJson(200, {
    ...(page.length > 0 ? { operations: page } : {}),
    ...(next ? { nextPageToken: Buffer.from(String(next.n)).toString('base64url') } : {}),
  });
}
