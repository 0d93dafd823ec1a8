/**
 * A disk that runs full or turns read-only and is healed again. A real file system of its own where this
 * user may mount one; elsewhere the system's error is thrown out of every file handle that writes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failHandles } from '../artifacts/disk-faults.ts';

export type Sickness = 'full' | 'read-only';

export interface SickDisk {
  readonly directory: string;
  fallIll(sickness: Sickness): Promise<void>;
  heal(): Promise<void>;
  dispose(): Promise<void>;
}

const SIZE = 64 * 1024 * 1024;
const CODES: Readonly<Record<Sickness, string>> = { full: 'ENOSPC', 'read-only': 'EROFS' };

export async function sickDisk(): Promise<SickDisk> {
  const mountPoint = await mkdtemp(join(tmpdir(), 'sick-disk-'));
  const real = mount('-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', mountPoint);
  const filler = join(mountPoint, 'filler');
  let restore: (() => void) | undefined;
  return {
    directory: join(mountPoint, 'store'),
    fallIll: async (sickness) => {
      if (!real) restore = await failHandles('write', CODES[sickness]);
      else if (sickness === 'full') await fill(filler);
      else if (!mount('-o', 'remount,ro', mountPoint)) throw new Error('the disk cannot be made read-only');
    },
    heal: async () => {
      restore?.();
      if (!real) return;
      mount('-o', 'remount,rw', mountPoint);
      await rm(filler, { force: true });
    },
    dispose: async () => {
      restore?.();
      if (real) spawnSync('umount', ['-l', mountPoint]);
      await rm(mountPoint, { recursive: true, force: true });
    },
  };
}

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args).status === 0;
}

async function fill(path: string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for (let chunk = 1024 * 1024; chunk >= 4096;) {
      const { bytesWritten } = await handle.write(Buffer.alloc(chunk)).catch(() => ({ bytesWritten: 0 }));
      if (bytesWritten < chunk) chunk /= 2;
    }
  } finally {
    await handle.close();
  }
}
