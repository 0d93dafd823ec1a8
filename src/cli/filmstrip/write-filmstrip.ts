/** `session show --film`: the page as one file, whole or not at all. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { GeminiImages } from '../../client/gemini-images.ts';
import { CommandFailed } from '../report.ts';
import type { SessionSight } from '../../client/session-sight.ts';
import { framesOf } from './frame.ts';
import { filmstripPage } from './page.ts';

export interface FilmstripOptions {
  readonly file: string;
  readonly drafts: boolean;
}

/** Resolves with the number of its frames. Throws what client and store throw, or {@link CommandFailed}. */
export async function writeFilmstrip(
  images: GeminiImages,
  store: ArtifactStore,
  sight: SessionSight,
  { file, drafts }: FilmstripOptions,
): Promise<number> {
  const frames = await framesOf(images, store, sight, { drafts });
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, filmstripPage(sight.view, frames));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { message } = error as Error;
    throw new CommandFailed(`cannot write ${file} (${message}): choose another --film`, { cause: error });
  }
  return frames.length;
}
