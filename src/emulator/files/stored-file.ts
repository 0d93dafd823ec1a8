/** A file of the Files API: what is kept of it, its state over time, and how the wire shows it. */
import { createHash } from 'node:crypto';
import { sha256 } from '../random.ts';

export type FileState = 'PROCESSING' | 'ACTIVE' | 'FAILED';

export interface StoredFile {
  /** Its name is `files/<id>`. */
  readonly id: string;
  /** Rises with every file: pages are told by it, so that deleting files in between loses none. */
  readonly n: number;
  readonly project: string;
  readonly displayName?: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  /** Epoch milliseconds, like all times here. */
  readonly createdAt: number;
  readonly readyAt: number;
  /** Processing ends in failure. */
  readonly fails: boolean;
  /** Made by the provider: it can be downloaded. */
  readonly generated?: boolean;
  expiresAt: number;
}

export function stateOf(file: StoredFile, now: number): FileState {
  if (now < file.readyAt) return 'PROCESSING';
  return file.fails ? 'FAILED' : 'ACTIVE';
}

/** The resource form. `base` is the address under which the caller reached this server. */
export function fileResource(file: StoredFile, base: string, now: number): Readonly<Record<string, unknown>> {
  const state = stateOf(file, now);
  return {
    name: `files/${file.id}`,
    ...(file.displayName === undefined ? {} : { displayName: file.displayName }),
    mimeType: file.mimeType,
    sizeBytes: String(file.bytes.length),
    createTime: timestamp(file.createdAt, 6),
    updateTime: timestamp(state === 'PROCESSING' ? file.createdAt : file.readyAt, 6),
    expirationTime: timestamp(file.expiresAt, 9),
    sha256Hash: hashOf(file),
    uri: `${base}/v1beta/files/${file.id}`,
    state,
    source: file.generated ? 'GENERATED' : 'UPLOADED',
    ...(file.generated ? { downloadUri: `${base}/download/v1beta/files/${file.id}:download?alt=media` } : {}),
    ...(state === 'FAILED'
      ? { error: { code: 13, message: 'An internal error occurred while processing the file.' } }
      : {}),
  };
}

/** Google encodes the hexadecimal digits of the digest as base64, not its bytes. */
function hashOf(file: StoredFile): string {
  return Buffer.from(sha256(file.bytes)).toString('base64');
}

/** An id as the server makes them: twelve lower-case letters and digits. */
export function fileId(...labels: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(labels)).digest();
  return [...digest.subarray(0, 12)].map((byte) => (byte % 36).toString(36)).join('');
}

export function timestamp(at: number, digits: number): string {
  const [seconds = '', fraction = ''] = new Date(at).toISOString().slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(digits, '0')}Z`;
}
