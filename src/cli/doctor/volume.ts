/** What kind of file system a directory lies on, where the platform tells: does it outlive us, is it shared? */
import { realpath, statfs } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { sep } from 'node:path';
import type { Finding } from './check.ts';

/** Magic numbers of Linux (`statfs(2)`). */
const KINDS: Readonly<
  Record<number, { readonly name: string; readonly kind: 'memory' | 'container' | 'shared' }>
> = {
  0x01021994: { name: 'tmpfs', kind: 'memory' },
  0x858458f6: { name: 'ramfs', kind: 'memory' },
  0x794c7630: { name: 'overlayfs', kind: 'container' },
  0x61756673: { name: 'aufs', kind: 'container' },
  0x6969: { name: 'NFS', kind: 'shared' },
  0xff534d42: { name: 'CIFS', kind: 'shared' },
  0xfe534d42: { name: 'SMB', kind: 'shared' },
  0x00c36400: { name: 'CephFS', kind: 'shared' },
  0x0bd00bd0: { name: 'Lustre', kind: 'shared' },
  0x47504653: { name: 'GPFS', kind: 'shared' },
};

export interface Volume {
  /** With symbolic links resolved. */
  readonly path: string;
  /** Undefined where it is unknown, and so most likely a disk. */
  readonly type?: { readonly name: string; readonly kind: 'memory' | 'container' | 'shared' } | undefined;
  readonly isTemporary: boolean;
}

export async function volumeOf(directory: string): Promise<Volume> {
  const path = await realpath(directory);
  const type = process.platform === 'linux' ? KINDS[(await statfs(path)).type] : undefined;
  const temporary = ['/tmp', '/var/tmp', '/dev/shm', await realpath(tmpdir()).catch(() => tmpdir())];
  return {
    path,
    type,
    isTemporary: temporary.some((place) => path === place || path.startsWith(place + sep)),
  };
}

/** @param identities of the workers that poll; `pid@host` where nobody named them otherwise. */
export function judgeVolume(
  { path, type, isTemporary }: Volume,
  identities: readonly string[],
  here: string = hostname(),
): Finding {
  const facts = { path, fileSystem: type?.name ?? null, temporary: isTemporary };
  const share = 'put it on a volume that outlives this machine and that all workers and clients mount';
  if (type?.kind === 'memory')
    return {
      status: 'warning',
      seen: `${path} is ${type.name}: gone with the next restart`,
      cure: share,
      facts,
    };
  if (type?.kind === 'container') {
    const seen = `${path} is ${type.name}, the layer of one container: gone with it, seen by nobody else`;
    return { status: 'warning', seen, cure: share, facts };
  }
  if (isTemporary)
    return {
      status: 'warning',
      seen: `${path} is a temporary directory, which systems empty`,
      cure: share,
      facts,
    };
  const hosts = [...new Set(identities.flatMap((identity) => /^\d+@(.+)$/.exec(identity)?.[1] ?? []))];
  const elsewhere = hosts.filter((host) => host !== here);
  if (elsewhere.length > 0 && type?.kind !== 'shared') {
    const seen = `workers poll from ${elsewhere.join(', ')}, and ${path} looks like a disk of this host`;
    return {
      status: 'warning',
      seen,
      cure: 'see that all of them have the same directory mounted there',
      facts,
    };
  }
  const words = type === undefined ? 'a disk of this host' : `${type.name}, a shared file system`;
  return {
    status: 'ok',
    seen: `${path} is on ${words}; it must be the same directory on all hosts, which only they can tell`,
    facts,
  };
}
