/**
 * The client with its store, for commands that talk to a server; closed when the command ends. Loads
 * Temporal code, so import it when a server is to be asked.
 */
import { openStore } from '../artifacts/open-store.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import { GeminiImages } from '../client/gemini-images.ts';
import type { ServerOptions } from './common-options.ts';
import { serverOptions } from './common-options.ts';

export interface ImagesClient {
  readonly images: GeminiImages;
  readonly store: ArtifactStore;
}

/** Throws {@link ServerUnreachable} within `--connect-timeout`. */
export async function withImages<T>(
  given: Partial<ServerOptions>,
  use: (client: ImagesClient) => Promise<T>,
): Promise<T> {
  const { store: place, connectTimeout, ...server } = serverOptions(given);
  const store = openStore(place);
  const images = await GeminiImages.connect({ ...server, store, rpcDeadlineMs: connectTimeout });
  try {
    return await use({ images, store });
  } finally {
    await images.close();
  }
}
