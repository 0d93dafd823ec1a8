/**
 * The Files API behind the port. Each operation is one recorded exchange; an upload is several
 * requests in one (start, then the bytes in parts of 8 MB), none of which is repeated.
 */
import type { GoogleGenAI } from '@google/genai';
import type { CallOptions, CallRecord, GeminiFiles, NewFile, UploadedFile } from './port.ts';
import type { JsonObject } from './read-answer.ts';
import { isError, numberOf, objectOf, readAnswer, readPages, textOf } from './read-answer.ts';
import type { RecordedSdk } from './recorded-sdk.ts';
import type { Received } from './transport.ts';

const PAGE_SIZE = 100;
const UPLOAD_STATUS = 'x-goog-upload-status';
const UPLOAD_URL = 'x-goog-upload-url';

export function createFiles({ call, dedicated }: RecordedSdk): GeminiFiles {
  const upload = (file: NewFile, options: CallOptions): Promise<CallRecord> =>
    dedicated(
      (sdk) =>
        sdk.files.upload({
          file: new Blob([file.bytes]),
          config: { mimeType: file.mime, displayName: file.displayName },
        }),
      options,
      continueUpload,
    );

  return {
    upload: async (file, options) =>
      readAnswer(await upload(file, options), (answer) => uploadedFile(objectOf(answer, 'file') ?? {})),
    get: async (name, options) =>
      readAnswer(await call((sdk, http) => sdk.files.get({ name, config: http }), options), uploadedFile),
    list: (options) =>
      readPages('files', uploadedFile, options, (pageToken, each) =>
        call((sdk, http) => sdk.files.list({ config: { ...http, ...page(pageToken) } }), each),
      ),
    delete: async (name, options) => {
      const record = await call((sdk, http) => sdk.files.delete({ name, config: http }), options);
      const answer = readAnswer(record, (object) => (isError(object) ? undefined : object));
      return answer.kind === 'ok' ? { kind: 'ok', value: undefined } : answer;
    },
  };
}

type ListFilesConfig = NonNullable<NonNullable<Parameters<GoogleGenAI['files']['list']>[0]>['config']>;

function page(pageToken: string | undefined): ListFilesConfig {
  return { pageSize: PAGE_SIZE, ...(pageToken === undefined ? {} : { pageToken }) };
}

/**
 * The SDK goes on by the answer's headers. Where they do not tell how the upload stands, it would send
 * the same bytes again, up to three times, each after a pause that no deadline ends.
 */
export function continueUpload({ status, headers, body }: Received): Response {
  const stands = UPLOAD_STATUS in headers || UPLOAD_URL in headers;
  if (status < 300 && !stands) throw new Error(`the answer has no ${UPLOAD_STATUS}`);
  return new Response(body, { status, headers });
}

/** Undefined for what has no name or no URI, and so can be neither used nor deleted. */
export function uploadedFile(file: JsonObject): UploadedFile | undefined {
  const name = textOf(file, 'name');
  const uri = textOf(file, 'uri');
  if (name === undefined || uri === undefined) return undefined;
  const state = textOf(file, 'state');
  const expiresAt = Date.parse(textOf(file, 'expirationTime') ?? '');
  const displayName = textOf(file, 'displayName');
  const error = textOf(objectOf(file, 'error') ?? {}, 'message');
  return {
    name,
    uri,
    mime: textOf(file, 'mimeType') ?? 'application/octet-stream',
    bytes: numberOf(file, 'sizeBytes') ?? 0,
    state: state === undefined || state === 'STATE_UNSPECIFIED' ? 'PROCESSING' : state,
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(error === undefined ? {} : { error }),
  };
}
