/**
 * Writes a generation's images to a directory, whole and verified or not at all: the store checks each
 * hash at the end of its stream, and the file appears by one rename after that.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { GeminiImages } from '../client/gemini-images.ts';
import type { ImageRef } from '../domain/artifact.ts';
import { imageFileName } from './file-name.ts';
import { CommandFailed } from './report.ts';

/** Resolves with the files, in the order of the images. Throws what the store throws, or CommandFailed. */
export async function saveImages(
  images: GeminiImages,
  refs: readonly ImageRef[],
  { directory, title }: { readonly directory: string; readonly title: string },
): Promise<readonly string[]> {
  await atDirectory(directory, () => mkdir(directory, { recursive: true }));
  const files: string[] = [];
  for (const ref of refs) {
    const file = join(directory, imageFileName(title, ref));
    const partial = join(directory, `.${ref.sha256.slice(0, 16)}.${process.pid}.partial`);
    try {
      const bytes = await images.open(ref);
      await atDirectory(directory, async () => {
        await pipeline(bytes, createWriteStream(partial));
        await rename(partial, file);
      });
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw error;
    }
    files.push(file);
  }
  return files;
}

async function atDirectory<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new CommandFailed(
      `cannot write to ${directory} (${message}): choose another --out; the images are in the store`,
      { cause: error },
    );
  }
}
