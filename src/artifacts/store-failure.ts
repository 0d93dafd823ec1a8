/**
 * Turns what the operating system said into {@link StoreUnavailable}: which store and path, what
 * the system said, and what a person can do about it. Anything that is not a system error (an abort,
 * a bug) is passed through, because retrying would not cure it.
 */
import { StoreUnavailable } from './errors.ts';

const FULL = 'free space, raise the quota, or point the store at a larger disk; nothing stored is lost';
const RIGHTS = 'give the user that runs this process read and write permission there';
const AWAY = 'check the mount and the file server, then it continues by itself';
const FILES = 'raise the limit of open files (ulimit -n)';
const SHAPE =
  'a file stands where a directory is needed: choose another directory for the store or move the file away';

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EROFS: 'the file system is mounted read-only: mount it read-write or choose another directory',
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EIO: 'the disk reports errors: check the device and its log, then move the store',
  ENOENT:
    'the directory of the store is gone: mount it again, or restart the process to begin an empty store',
  ENOTDIR: SHAPE,
  EEXIST: SHAPE,
  EISDIR: 'a directory stands where the store keeps a file: move it away',
  EMFILE: FILES,
  ENFILE: FILES,
  ESTALE: AWAY,
  ETIMEDOUT: AWAY,
  ENOTCONN: AWAY,
  EHOSTDOWN: AWAY,
  EHOSTUNREACH: AWAY,
  ENXIO: AWAY,
  ENAMETOOLONG: 'choose a shorter path for the store',
};

const NO_LINKS =
  'this file system has no hard links, so two processes cannot agree on who was first: use a local disk, NFS or an object store';
const LINK_CODES = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'];

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number';
}

export function errorCode(error: unknown): string | undefined {
  return isSystemError(error) ? error.code : undefined;
}

/** `store` is the store's `describe()`; `action` completes "cannot …". */
export function storeFailure(error: unknown, store: string, action: string): unknown {
  if (!isSystemError(error)) return error;
  const code = error.code ?? 'an unnamed error';
  const cure =
    error.syscall === 'link' && LINK_CODES.includes(code)
      ? NO_LINKS
      : (CURES[code] ?? 'look the error up for this file system, then it continues by itself');
  const where = error.path === undefined ? '' : ` at ${error.path}`;
  return new StoreUnavailable(
    `artifact store ${store}: cannot ${action}${where} (${error.message}) — operator: ${cure}`,
    { cause: error },
  );
}
