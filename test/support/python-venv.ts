/**
 * A Python with pinned packages for the tests: a virtual environment in the user's cache directory,
 * made once and then reused. Rejects with the cure when there is no fitting Python or no package.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 280_000;

function cacheDirectory(): string {
  const home = homedir();
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches');
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  return process.env['XDG_CACHE_HOME'] ?? path.join(home, '.cache');
}

function interpreter(venv: string): string {
  return process.platform === 'win32'
    ? path.join(venv, 'Scripts', 'python.exe')
    : path.join(venv, 'bin', 'python');
}

/** The path of a Python that has exactly these packages, each pinned as `name==version`. */
export async function pythonWith(
  packages: readonly string[],
  minimum: readonly [number, number],
): Promise<string> {
  const version = await pythonVersion(minimum);
  const name = createHash('sha256')
    .update([version, ...packages].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const root = path.join(cacheDirectory(), 'temporal-gemini-images');
  const venv = path.join(root, `python-${name}`);
  if (existsSync(venv)) return interpreter(venv);
  // Made beside its place and moved there whole, so that an interrupted install is never taken for one.
  const making = `${venv}.making-${process.pid}`;
  await mkdir(root, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', making], { timeout: INSTALL_TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
    await run(interpreter(making), pip, { timeout: INSTALL_TIMEOUT_MS });
    await rename(making, venv).catch((error: unknown) => {
      if (!existsSync(venv)) throw error;
    });
  } catch (error) {
    const told = (error as { stderr?: string }).stderr ?? (error as Error).message;
    throw new Error(`cannot install ${packages.join(', ')} from PyPI: ${told.trim().slice(-600)}`, {
      cause: error,
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return interpreter(venv);
}

async function pythonVersion([major, minor]: readonly [number, number]): Promise<string> {
  const cure = `this test needs python3 ${major}.${minor} or newer with venv and pip on PATH`;
  let found: string;
  try {
    const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
    found = (await run('python3', ['-c', script], { timeout: 30_000 })).stdout.trim();
  } catch (error) {
    throw new Error(`python3 was not found: ${cure}`, { cause: error });
  }
  const [foundMajor = 0, foundMinor = 0] = found.split('.').map(Number);
  if (foundMajor < major || (foundMajor === major && foundMinor < minor)) {
    throw new Error(`python3 is ${found}: ${cure}`);
  }
  return found;
}
