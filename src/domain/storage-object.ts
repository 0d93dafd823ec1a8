/** `gs://bucket/object`: an object of Google Cloud Storage, by the rules for their names. */
export interface StoredObject {
  readonly bucket: string;
  /** The object's whole name, slashes included. */
  readonly object: string;
}

const URI = /^gs:\/\/([a-z\d][a-z\d._-]{1,220}[a-z\d])\/(.+)$/;
/** UTF-8. */
const LONGEST_NAME_BYTES = 1_024;

export function isStorageUri(text: string): boolean {
  return /^gs:/i.test(text);
}

/** Undefined where it names no object: a bucket alone, or a name that cannot be one. */
export function parseStorageUri(text: string): StoredObject | undefined {
  const [, bucket, object] = URI.exec(text) ?? [];
  if (bucket === undefined || object === undefined || /[\r\n]/.test(object)) return undefined;
  return encodeURIComponent(object).replaceAll(/%[\dA-F]{2}/g, '_').length > LONGEST_NAME_BYTES
    ? undefined
    : { bucket, object };
}

/** How an object is read, or why that cannot be said now. */
export type ObjectRequest =
  | { readonly kind: 'ready'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly why: string };
