/**
 * files.upload, the resumable protocol: `start` names the file and gets a URL, `upload` brings bytes to
 * it in order, `finalize` makes the file. Storage is checked twice, by what was declared and by what
 * came. The URL is as good as a key: whoever has it needs none.
 */
import { googleError, googleJson, invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { refused, serveApiCall } from '../api-call.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { storageExceeded } from '../files/refusals.ts';
import { fileResource } from '../files/stored-file.ts';
import type { Upload } from '../files/uploads.ts';
import { readUploadStart } from '../request/upload.ts';
import { baseOf, struckFileCall } from './files.ts';
import type { StruckFileCall } from './files.ts';

/** What one file may have. */
const MAX_FILE_BYTES = 2 * 1024 ** 3;
/** Parts but the last are multiples of it, the provider says. */
const GRANULARITY = 262_144;

interface UploadTarget {
  readonly apiVersion: string;
}

export async function upload(
  exchange: Exchange,
  context: EmulatorContext,
  { apiVersion }: UploadTarget,
): Promise<void> {
  const target = { method: 'files.upload', apiVersion };
  const uploadId = exchange.url.searchParams.get('upload_id');
  if (uploadId === null)
    return serveApiCall(exchange, context, target, { decide: async (call) => start(call) });
  await serveApiCall(exchange, context, target, {
    maxBytes: MAX_FILE_BYTES,
    keyless: true,
    read: (call) => {
      call.faultable = { ...call.faultable, endsUpload: commandsOf(call).includes('finalize') };
      return undefined;
    },
    decide: async (call) => part(call, uploadId),
  });
}

function start(call: ApiCall): Decision {
  const { error, transport, label } = struckFileCall(call);
  if (error) return error;
  const { files, uploads } = call.context;
  const now = Date.now();
  if (call.headers['x-goog-upload-protocol'] !== 'resumable' || !commandsOf(call).includes('start')) {
    return refused(invalidArgument('Upload protocol must be resumable, and its first command start.'));
  }
  const asked = readUploadStart(call.body, call.headers);
  if ('answer' in asked) return refused(asked.answer);
  if (asked.bytes > MAX_FILE_BYTES) {
    return refused(invalidArgument(`Request payload size exceeds the limit: ${MAX_FILE_BYTES} bytes.`));
  }
  if (asked.id !== undefined && files.has(asked.id, now)) return refused(taken(asked.id));
  if (!files.fits(call.project, asked.bytes, now)) return full(call);
  const { bytes: _declared, ...named } = asked;
  const { project, target } = call;
  const uploadId = uploads.start({ ...named, project, apiVersion: target.apiVersion });
  const query = new URLSearchParams({ upload_id: uploadId, upload_protocol: 'resumable' });
  const url = `${baseOf(call)}/upload/${target.apiVersion}/files?${query.toString()}`;
  return {
    label: label ?? 'upload:start',
    transport,
    answer: statusAnswer('active', {
      'x-goog-upload-url': url,
      'x-goog-upload-control-url': url,
      'x-goog-upload-chunk-granularity': String(GRANULARITY),
    }),
  };
}

function part(call: ApiCall, uploadId: string): Decision {
  const struck = struckFileCall(call);
  const { error, transport, label } = struck;
  if (error) return error;
  const { uploads } = call.context;
  const open = uploads.get(uploadId);
  if (!open) return refused(googleError(404, 'NOT_FOUND', 'Requested entity was not found.'));
  const commands = commandsOf(call);
  if (commands.includes('cancel')) {
    uploads.end(uploadId);
    return { label: label ?? 'upload:part', transport, answer: statusAnswer('cancelled', {}) };
  }
  if (commands.includes('upload')) {
    const offset = Number(call.headers['x-goog-upload-offset'] ?? 0);
    if (offset !== open.received) {
      return refused(
        invalidArgument(`Upload offset ${offset} does not match the ${open.received} bytes received.`),
      );
    }
    open.parts.push(call.body);
    open.received += call.body.length;
  }
  if (commands.includes('finalize')) return finish(call, uploadId, open, struck);
  const received = { 'x-goog-upload-size-received': String(open.received) };
  return { label: label ?? 'upload:part', transport, answer: statusAnswer('active', received) };
}

function finish(
  call: ApiCall,
  uploadId: string,
  { parts, apiVersion: _, received, ...about }: Upload,
  struck: StruckFileCall,
): Decision {
  const { files, uploads, options } = call.context;
  const now = Date.now();
  uploads.end(uploadId);
  if (!files.fits(about.project, received, now)) return full(call);
  if (about.id !== undefined && files.has(about.id, now)) return refused(taken(about.id));
  const file = files.add({ ...about, bytes: Buffer.concat(parts), fails: struck.fails ?? false }, now);
  call.entry.file = file.id;
  const { state, ...stateless } = fileResource(file, baseOf(call), now);
  const shown = options.fileStateLate ? stateless : { ...stateless, state };
  return {
    label: struck.label ?? 'upload:file',
    transport: struck.transport,
    answer: googleJson(200, { file: shown }, { 'x-goog-upload-status': 'final' }),
  };
}

function commandsOf({ headers }: ApiCall): readonly string[] {
  return String(headers['x-goog-upload-command'] ?? '')
    .split(',')
    .map((command) => command.trim().toLowerCase());
}

function statusAnswer(status: string, headers: Readonly<Record<string, string>>): Answer {
  const answer = googleJson(200, {}, { 'x-goog-upload-status': status, ...headers });
  return { ...answer, headers: { ...answer.headers, 'content-type': 'text/plain; charset=utf-8' }, body: '' };
}

function full({ context }: ApiCall): Decision {
  return refused(storageExceeded(context.files.storageBytes), 'quota:storage');
}

function taken(id: string): Answer {
  return googleError(409, 'ALREADY_EXISTS', `The File ${id} already exists.`);
}
