/**
 * The baselines' own packages, pinned and never dependencies of the product: installed on first use into the
 * user's cache directory, then reused. Rejects with the cure where that cannot be done; a bench without its
 * baselines says nothing.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const NPM_PACKAGES = { ai: '7.0.173', '@ai-sdk/google': '4.0.121' } as const;
export const PYTHON_PACKAGES = ['litellm==1.110.2'] as const;
export const PYTHON_MINIMUM = [3, 10] as const;

const INSTALL_TIMEOUT_MS = 280_000;
const run = promisify(execFile);

/** A directory with these packages in its `node_modules`, at exactly these versions. */
export async function npmWith(packages: Readonly<Record<string, string>>): Promise<string> {
  const name = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 16);
  const root = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'temporal-gemini-images');
  const place = join(root, `npm-${name}`);
  if (existsSync(place)) return place;
  await mkdir(root, { recursive: true });
  // Made beside its place and moved there whole, so that an interrupted install is never taken for one.
  const making = await mkdtemp(`${place}.making-`);
  try {
    await writeFile(
      join(making, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: packages }),
    );
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    await run('npm', ['install', ...options], { cwd: making, timeout: INSTALL_TIMEOUT_MS });
    await rename(making, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } catch (error) {
    const told = (error as { stderr?: string }).stderr ?? (error as Error).message;
    const wanted = Object.entries(packages).map(([one, version]) => `${one}@${version}`);
    throw new Error(`cannot install ${wanted.join(', ')} from npm: ${told.trim().slice(-600)}`, {
      cause: error,
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return place;
}
