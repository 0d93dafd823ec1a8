/**
 * Disks that are full or fail. A real small file system where this user may mount one; elsewhere,
 * and for errors that no test can cause for real, the system's own error is thrown out of the file
 * handle's method, which is as near to the kernel as a process without rights can get. (Permission
 * bits are no use here: root writes through them.)
 */
import { spawnSync } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';

type HandleMethod = 'write' | 'sync';

export function systemError(code: string, syscall: string): NodeJS.ErrnoException {
  const [errno, [, message]] = [...getSystemErrorMap()].find(([, [name]]) => name === code) ?? [
    -1,
    [code, 'unnamed'],
  ];
  return Object.assign(new Error(`${code}: ${message}, ${syscall}`), { code, errno, syscall });
}

async function handlePrototype(): Promise<FileHandle> {
  const handle = await open(process.execPath, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

/** Every file handle of this process fails so until the returned function is called. */
export async function failHandles(
  method: HandleMethod,
  code: string,
  when: (...args: unknown[]) => boolean = () => true,
): Promise<() => void> {
  const prototype = await handlePrototype();
  const original = prototype[method] as (...args: unknown[]) => Promise<unknown>;
  const failing = async function (this: FileHandle, ...args: unknown[]): Promise<unknown> {
    if (when(...args)) throw systemError(code, method === 'sync' ? 'fsync' : method);
    return await original.apply(this, args);
  };
  Object.assign(prototype, { [method]: failing });
  return () => Object.assign(prototype, { [method]: original });
}

export interface SmallDisk {
  readonly directory: string;
  /** Whether it is a file system of its own, which other processes see too. */
  readonly mounted: boolean;
  remountReadOnly(): boolean;
  dispose(): Promise<void>;
}

/** A directory with room for about `bytes`. */
export async function smallDisk(bytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'small-disk-'));
  const mounted = mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory);
  const restore = mounted
    ? undefined
    : await failHandles('write', 'ENOSPC', (chunk) => (chunk as Uint8Array).length > bytes);
  return {
    directory,
    mounted,
    remountReadOnly: () => mounted && mount('-o', 'remount,ro', directory),
    dispose: async () => {
      restore?.();
      if (mounted) spawnSync('umount', [directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args).status === 0;
}
