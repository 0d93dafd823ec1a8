/**
 * Where our workflows are, and whether a user's own workflows file re-exports them. One module is
 * bundled per worker, so a plugin cannot add workflows to a user's file; it can only notice in time.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WORKFLOW_TYPES } from '../contract/names.ts';

/** Sources when run from a checkout, built files when installed. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export function ourWorkflowsPath(): string {
  return fileURLToPath(new URL(`../../workflows/index.${EXTENSION}`, import.meta.url));
}

/** The durable entities' own bundle. */
export function entitiesPath(): string {
  return fileURLToPath(new URL(`../../workflows/entities.${EXTENSION}`, import.meta.url));
}

const CURE = "add `export * from 'temporal-gemini-images/workflows'` to it";

export function assertBundleHasOurs(code: string): void {
  const missing = Object.values(WORKFLOW_TYPES).filter((type) => !code.includes(type));
  if (missing.length > 0)
    throw new TypeError(`the workflow bundle lacks ${missing.join(', ')}: ${CURE}, and bundle again`);
}

/** A file that only the bundler can load (aliases, loaders) is left for the bundler to judge. */
export async function assertFileHasOurs(workflowsPath: string): Promise<void> {
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(workflowsPath).href)) as Record<string, unknown>;
  } catch {
    return;
  }
  const missing = Object.values(WORKFLOW_TYPES).filter((type) => typeof exported[type] !== 'function');
  if (missing.length > 0)
    throw new TypeError(`${workflowsPath} does not export ${missing.join(', ')}: ${CURE}`);
}
