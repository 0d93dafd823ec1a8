/**
 * Every package that a directory's package can reach, each resolved from the package that asks for it, as
 * Node does. So two copies of one package are found wherever a package manager put them.
 */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  /** Symbolic links resolved. */
  readonly directory: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** @param roots directories of packages; their development dependencies count too */
export async function reachablePackages(
  roots: readonly string[],
  signal: AbortSignal,
): Promise<readonly FoundPackage[]> {
  const found = new Map<string, FoundPackage>();
  const left = [...roots];
  const seen = new Set<string>();
  for (let directory = left.pop(); directory !== undefined; directory = left.pop()) {
    signal.throwIfAborted();
    if (seen.has(directory)) continue;
    seen.add(directory);
    const manifest = await manifestOf(directory);
    if (manifest === undefined) continue;
    const { name = '', version = '', dependencies, peerDependencies, optionalDependencies } = manifest;
    const isRoot = roots.includes(directory);
    if (!isRoot) found.set(directory, { name, version, directory });
    const wanted = {
      ...dependencies,
      ...peerDependencies,
      ...optionalDependencies,
      ...(isRoot ? manifest.devDependencies : {}),
    };
    for (const dependency of Object.keys(wanted)) {
      const there = await resolveFrom(directory, dependency);
      if (there !== undefined) left.push(there);
    }
  }
  return [...found.values()];
}

/** The directory that `import name` would reach; undefined where it is not installed. */
export async function resolveFrom(directory: string, name: string): Promise<string | undefined> {
  for (let at = directory; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    if ((await manifestOf(place)) !== undefined) return await realpath(place);
    if (dirname(at) === at) return undefined;
  }
}

export async function manifestOf(directory: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/** The nearest directory upward that has a package.json. */
export async function packageRoot(from: string): Promise<string | undefined> {
  for (let at = from; ; at = dirname(at)) {
    if ((await manifestOf(at)) !== undefined) return await realpath(at);
    if (dirname(at) === at) return undefined;
  }
}
