/** The options of every decision: who and why, on which evidence, and whether it may wait for a worker. */
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';

/** Of everything that a person tells the fleet. */
export interface SaidOptions {
  readonly by?: string;
  readonly why: string;
}

export interface OperatorOptions extends SaidOptions {
  readonly evidence?: string;
  readonly later?: boolean;
}

/** In the command lines we print: to be replaced. */
export const YOUR_REASON = '…';

export function withSaidOptions(command: Command): Command {
  return command
    .option('--by <name>', 'who decides (GEMINI_IMAGES_OPERATOR, else your user name)')
    .requiredOption('--why <text>', 'why; kept with the decision');
}

/** Holds and grants are unique within one governor, scopes are not. */
export function withGovernorOption(command: Command): Command {
  return command.option(
    '--governor <id>',
    'provider/endpoint/project, as `routes` prints it (needed where several fit)',
  );
}

export function withOperatorOptions(command: Command): Command {
  return withSaidOptions(command)
    .option('--evidence <sha256>', 'what you saw, or its first 12 characters and more (what is asked now)')
    .option('--later', 'no worker is there: leave it for one that comes back');
}

/** Throws {@link UsageError} for a reason that is none. */
export function saidBy({ by, why }: SaidOptions): { readonly by: string; readonly why: string } {
  if (why.trim() === '' || why === YOUR_REASON) throw new UsageError('--why: say why in your own words');
  return { by: by ?? setting('GEMINI_IMAGES_OPERATOR') ?? userName(), why };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    throw new UsageError('--by: say who decides, or set GEMINI_IMAGES_OPERATOR');
  }
}
