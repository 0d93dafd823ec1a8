/** What each file in `commands/` gives. */
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';

/** Tells the program how a command's action ended. */
export type Finish = (code: ExitCode) => void;

export interface CommandFile {
  command(finish: Finish): Command;
}
