/** files.get, files.list in pages, files.delete, and the download of what the provider made. The foreign, the expired and the unknown are one 403. */
import type { Answer } from '../answer.ts';
import { googleJson, invalidArgument } from '../answer.ts';
import { faultedCall, serveApiCall, struckAnswer } from '../api-call.ts';
import type { ApiCall, ApiTarget, Decision } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { fileForbidden } from '../files/refusals.ts';
import { fileResource } from '../files/stored-file.ts';

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 100;

type FileTarget = Pick<ApiTarget, 'apiVersion'> & { readonly file: string };

export async function getFile(
  exchange: Exchange,
  context: EmulatorContext,
  target: FileTarget,
): Promise<void> {
  await serveFileCall(exchange, context, { method: 'files.get', ...target }, (call, now) => {
    const file = context.files.find(call.project, target.file, now);
    return file ? googleJson(200, fileResource(file, baseOf(call), now)) : fileForbidden(target.file);
  });
}

export async function deleteFile(
  exchange: Exchange,
  context: EmulatorContext,
  target: FileTarget,
): Promise<void> {
  await serveFileCall(exchange, context, { method: 'files.delete', ...target }, (call, now) =>
    context.files.delete(call.project, target.file, now) ? googleJson(200, {}) : fileForbidden(target.file),
  );
}

export async function downloadFile(
  exchange: Exchange,
  context: EmulatorContext,
  target: FileTarget,
): Promise<void> {
  await serveFileCall(exchange, context, { method: 'files.download', ...target }, (call, now) => {
    const file = context.files.find(call.project, target.file, now);
    if (!file) return fileForbidden(target.file);
    if (!file.generated) return invalidArgument(`The File ${file.id} cannot be downloaded.`);
    return { ...googleJson(200, {}, { 'content-type': file.mimeType }), body: file.bytes };
  });
}

export async function listFiles(
  exchange: Exchange,
  context: EmulatorContext,
  target: Pick<ApiTarget, 'apiVersion'>,
): Promise<void> {
  await serveFileCall(exchange, context, { method: 'files.list', ...target }, filesPage);
}

/** The address under which the caller reached this server, as it appears in what it is told. */
export function baseOf({ headers }: ApiCall): string {
  return `http://${headers.host ?? '127.0.0.1'}`;
}

/** What a fault of the model's side does to a file call; nothing where none struck. */
export interface StruckFileCall {
  readonly error?: Decision | undefined;
  readonly transport?: Decision['transport'];
  /** The ledger's word for it. */
  readonly label?: string | undefined;
  /** The file that an upload leaves will be FAILED. */
  readonly fails?: boolean | undefined;
}

/** Strikes once the key was let through. */
export function struckFileCall(call: ApiCall): StruckFileCall {
  const strike = call.context.faults.strike('model', call.faultable);
  if (!strike) return {};
  return {
    error: struckAnswer(strike, faultedCall(call)),
    transport: strike.action.transport,
    label: `fault:${strike.name}`,
    fails: strike.action.preset === 'file-failed',
  };
}

async function serveFileCall(
  exchange: Exchange,
  context: EmulatorContext,
  target: ApiTarget,
  answerFor: (call: ApiCall, now: number) => Answer,
): Promise<void> {
  await serveApiCall(exchange, context, target, {
    decide: async (call) => {
      const { error, transport, label } = struckFileCall(call);
      if (error) return error;
      const answer = answerFor(call, Date.now());
      const decided = answer.status === 200 ? 'files' : 'invalid';
      return { label: label ?? decided, answer, transport };
    },
  });
}

function filesPage(call: ApiCall, now: number): Answer {
  const query = call.url.searchParams;
  const files = call.context.files.list(call.project, now);
  const size = Math.min(Number(query.get('pageSize') ?? 0) || DEFAULT_PAGE, LARGEST_PAGE);
  const token = query.get('pageToken');
  const newest = token ? Number(Buffer.from(token, 'base64url').toString()) : Number.POSITIVE_INFINITY;
  if (Number.isNaN(newest)) return invalidArgument('Invalid page token.');
  const left = files.filter((file) => file.n <= newest);
  const page = left.slice(0, size).map((file) => fileResource(file, baseOf(call), now));
  const next = left[size];
  return googleJson(200, {
    ...(page.length > 0 ? { files: page } : {}),
    ...(next ? { nextPageToken: Buffer.from(String(next.n)).toString('base64url') } : {}),
  });
}
