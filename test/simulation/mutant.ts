/** A copy of governor and broker with one bug in it, to see whether the simulator finds it. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Engine } from './engine.ts';
import { SRC, engineAt } from './engine.ts';

export interface Bug {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Occurs exactly once in it: a refactoring must not make this a test of nothing. */
  readonly find: string;
  readonly replace: string;
}

const COPIED = ['governor', 'quota'];
/** What they import beside each other, as it is. */
const LINKED = ['contract', 'domain', 'policies'];

/** Runs `use` with the copy; without a bug it is the code as it is, from the same place. */
export async function withMutant<T>(bug: Bug | undefined, use: (engine: Engine) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gemini-images-mutant-'));
  const src = fileURLToPath(SRC);
  try {
    for (const each of COPIED) await cp(join(src, each), join(folder, each), { recursive: true });
    for (const each of LINKED) await symlink(join(src, each), join(folder, each));
    if (bug !== undefined) await seed(folder, bug);
    return use(await engineAt(pathToFileURL(`${folder}/`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function seed(folder: string, { name, file, find, replace }: Bug): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`${name}: \`${find}\` occurs ${found} times in src/${file}, not once`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}
