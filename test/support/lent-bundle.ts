/** Our workflows as a worker loads them, bundled once for the whole run: seconds of CPU for every file that asks. */
import { readFile } from 'node:fs/promises';
import { borrow } from './lender.ts';

export interface LentBundle {
  readonly code: string;
  /** The same code in a file, for processes. */
  readonly codePath: string;
}

let workflows: Promise<LentBundle> | undefined;
let entities: Promise<LentBundle> | undefined;

async function lent(what: string): Promise<LentBundle> {
  const { path } = await borrow<{ readonly path: string }>(what);
  return { code: await readFile(path, 'utf8'), codePath: path };
}

export async function lentWorkflows(): Promise<LentBundle> {
  return await (workflows ??= lent('/workflow-bundle'));
}

/** The durable entities' own. */
export async function lentEntities(): Promise<LentBundle> {
  return await (entities ??= lent('/entity-bundle'));
}
