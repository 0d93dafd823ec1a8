/**
 * A large body in parts, so that each request is short and only a part is sent again. Nothing appears
 * under the key before the last part is there; what fails is given up, so that no parts stay to be paid
 * for (those of a process that was killed do: let a lifecycle rule abort uploads after a day).
 *
 * Rejects with {@link S3Refusal}, the reason of the caller's signal, or a TypeError where the bytes were
 * changed or moved away meanwhile.
 */
import { createHash } from 'node:crypto';
import type { S3Requests } from './s3-requests.ts';

/** S3 wants at least 5 MiB and at most 10 000 parts. */
export const PART_BYTES = 8 * 1024 * 1024;

export interface S3Upload {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly mime: string;
}

interface Part {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

export async function uploadInParts(
  requests: S3Requests,
  { key, bytes, sha256, mime }: S3Upload,
  signal?: AbortSignal,
): Promise<void> {
  const { UploadId } = await requests.send(
    key,
    ({ client, sdk, bucket, key: Key, within }) =>
      client.send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key, ContentType: mime }), within),
    signal,
  );
  try {
    const hash = createHash('sha256');
    const parts: Part[] = [];
    for (let at = 0; at < bytes.length; at += PART_BYTES) {
      // A copy, so that what is hashed is what is sent.
      const part = bytes.slice(at, at + PART_BYTES);
      hash.update(part);
      const PartNumber = parts.length + 1;
      const { ETag } = await requests.send(
        key,
        ({ client, sdk, bucket, key: Key, within }) =>
          client.send(
            new sdk.UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body: part }),
            within,
          ),
        signal,
      );
      parts.push({ PartNumber, ETag });
    }
    if (hash.digest('hex') !== sha256)
      throw new TypeError('the bytes were changed or moved away while being stored');
    await requests.send(
      key,
      ({ client, sdk, bucket, key: Key, within }) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({
            Bucket: bucket,
            Key,
            UploadId,
            MultipartUpload: { Parts: parts },
          }),
          within,
        ),
      signal,
    );
  } catch (error) {
    await abort(requests, key, UploadId);
    throw error;
  }
}

/** One that cannot be aborted is garbage, not an error. */
async function abort(requests: S3Requests, key: string, UploadId: string | undefined): Promise<void> {
  await requests
    .send(key, ({ client, sdk, bucket, key: Key, within }) =>
      client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), within),
    )
    .catch(() => undefined);
}
