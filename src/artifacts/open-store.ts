/**
 * The store that a setting names: a directory, its `file:` URL, or `s3://bucket/prefix?…`
 * ({@link parseS3Url}). Throws a TypeError for what is none of these; asks nobody and makes nothing yet.
 */
import { fileURLToPath } from 'node:url';
import { FileArtifactStore } from './file-store.ts';
import { S3ArtifactStore } from './s3-store.ts';
import { isS3Url, parseS3Url } from './s3-url.ts';
import type { ArtifactStore } from './store.ts';

/** `gs://…`, and not `C:\images`. */
const URL_OF_SOMETHING = /^([a-z][a-z0-9+.-]*):\/\//i;

export function openStore(place: string): ArtifactStore {
  return isS3Url(place) ? new S3ArtifactStore(parseS3Url(place)) : new FileArtifactStore(directoryOf(place));
}

/** The path of a store that lies in a directory; undefined for one that does not. */
export function storeDirectory(place: string): string | undefined {
  return isS3Url(place) ? undefined : directoryOf(place);
}

function directoryOf(place: string): string {
  const [, scheme] = URL_OF_SOMETHING.exec(place) ?? [];
  if (scheme === undefined) return place;
  if (scheme.toLowerCase() === 'file') return fileURLToPath(place);
  throw new TypeError(`store: ${scheme}:// is not known; give a directory or s3://bucket/prefix?region=…`);
}
