/** The files of all projects as the emulator's own API shows them. */
import type { EmulatorContext } from '../context.ts';
import type { FileState } from './stored-file.ts';
import { stateOf } from './stored-file.ts';

export interface FileShown {
  readonly name: string;
  /** From the option `projects`, or made from the key. */
  readonly project: string;
  readonly displayName?: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly state: FileState;
  readonly expirationTime: string;
  readonly expired: boolean;
}

export function fileStates({ files }: EmulatorContext): readonly FileShown[] {
  const now = Date.now();
  return files.all(now).map((file) => ({
    name: `files/${file.id}`,
    project: file.project,
    ...(file.displayName === undefined ? {} : { displayName: file.displayName }),
    mimeType: file.mimeType,
    sizeBytes: file.bytes.length,
    state: stateOf(file, now),
    expirationTime: new Date(file.expiresAt).toISOString(),
    expired: file.expiresAt <= now,
  }));
}
