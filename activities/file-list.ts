/** The files of a call, read and written where they are too many for history. */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { GenerateInput } from '../src/contract/generation.ts';
import type { FileList, UploadedInput } from '../src/domain/request.ts';
import { filesEnd } from '../src/domain/request.ts';

const MIME = 'application/json';

export async function putFileList(store: ArtifactStore, files: readonly UploadedInput[]): Promise<FileList> {
  const { sha256 } = await store.put(new TextEncoder().encode(JSON.stringify(files)), MIME);
  return { sha256, count: files.length, expiresAt: filesEnd(files) };
}

/** By the digest of what they hold. Throws what {@link ArtifactStore.get} throws. */
export async function filesOf(
  store: ArtifactStore,
  { files = [] }: Pick<GenerateInput, 'files'>,
): Promise<ReadonlyMap<string, UploadedInput>> {
  const list =
    'sha256' in files
      ? (JSON.parse(Buffer.from(await store.get(files.sha256)).toString('utf8')) as readonly UploadedInput[])
      : files;
  return new Map(list.map((file) => [file.sha256, file]));
}
