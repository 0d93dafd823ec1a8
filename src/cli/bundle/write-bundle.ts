/** `show --bundle`: the evidence of a generation as a zip file, whole or not at all. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { ServerOptions } from '../common-options.ts';
import type { Sight } from '../look-at.ts';
import { CommandFailed } from '../report.ts';
import { collectCase } from './collect.ts';
import { entriesOf } from './entries.ts';

export interface BundleOptions {
  readonly file: string;
  readonly withoutPrompt: boolean;
  readonly server: Partial<ServerOptions>;
}

/** Resolves with the names of its entries. Throws what the store throws, or {@link CommandFailed}. */
export async function writeBundle(
  store: ArtifactStore,
  sight: Sight,
  { file, withoutPrompt, server }: BundleOptions,
): Promise<readonly string[]> {
  const entries = entriesOf(await collectCase(store, sight, server), { withoutPrompt });
  const zipped = zipSync(Object.fromEntries([...entries].map(([name, text]) => [name, strToU8(text)])));
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, zipped);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { message } = error as Error;
    throw new CommandFailed(`cannot write ${file} (${message}): choose another --bundle`, { cause: error });
  }
  return [...entries.keys()];
}
