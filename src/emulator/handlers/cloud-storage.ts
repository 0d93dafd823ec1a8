/** Google Cloud Storage as far as inputs need it: an object laid down by `uploadType=media`, and read by `alt=media`. */
import { googleJson } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import { refused, serveApiCall } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';

export interface ObjectTarget {
  readonly bucket: string;
  /** Absent where the object is named by the query. */
  readonly object: string | undefined;
}

const ANONYMOUS =
  'Anonymous caller does not have storage.objects.get access to the Google Cloud Storage object.';

export async function cloudStorage(
  exchange: Exchange,
  context: EmulatorContext,
  { bucket, object }: ObjectTarget,
): Promise<void> {
  const isUpload = exchange.request.method === 'POST';
  await serveApiCall(
    exchange,
    context,
    { method: isUpload ? 'objects.insert' : 'objects.get', apiVersion: 'v1' },
    {
      // Its tokens are Google Cloud's, whatever keys there are.
      keyless: true,
      decide: async (call) => {
        const refusal = refuse(call);
        if (refusal !== undefined) return refused(refusal, 'refused-token');
        const name = object ?? call.url.searchParams.get('name') ?? '';
        return isUpload ? insert(call, bucket, name) : read(call, bucket, name);
      },
    },
  );
}

function refuse({ context, headers }: ApiCall): Answer | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return storageError(401, ANONYMOUS, 'required');
  const issued = context.tokens.find(token);
  return issued === undefined || issued.expiresAt <= Date.now()
    ? storageError(401, 'Invalid Credentials', 'authError')
    : undefined;
}

function insert({ context, body, headers }: ApiCall, bucket: string, name: string): Decision {
  const mime = headers['content-type'] ?? 'application/octet-stream';
  context.buckets.put(bucket, name, { bytes: Buffer.from(body), mime });
  const answer = { kind: 'storage#object', bucket, name, contentType: mime, size: String(body.byteLength) };
  return { label: 'object-stored', answer: googleJson(200, answer) };
}

function read({ context, url }: ApiCall, bucket: string, name: string): Decision {
  const found = context.buckets.get(bucket, name);
  if (found === undefined)
    return refused(storageError(404, `No such object: ${bucket}/${name}`, 'notFound'), 'no-object');
  const { mime, bytes } = found;
  if (url.searchParams.get('alt') !== 'media') {
    const answer = {
      kind: 'storage#object',
      bucket,
      name,
      contentType: mime,
      size: String(bytes.byteLength),
    };
    return { label: 'object', answer: googleJson(200, answer) };
  }
  return { label: 'object', answer: { status: 200, headers: { 'content-type': mime }, body: bytes } };
}

/** The storage API's own envelope. */
function storageError(code: number, message: string, reason: string): Answer {
  return googleJson(code, { error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}
