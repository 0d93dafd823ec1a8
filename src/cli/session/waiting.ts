/** The options of commands that send a turn and wait for it. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { duration } from '../option-values.ts';

export interface WaitingOptions {
  /** Milliseconds. */
  readonly wait: number;
  readonly out: string;
  readonly json?: boolean;
}

const DEFAULT_WAIT_MS = 600_000;

export function withWaitingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--wait <duration>', 'how long to wait here; 0 only has the turn accepted')
        .argParser(duration)
        .default(DEFAULT_WAIT_MS, '10m'),
    )
    .option('--out <dir>', 'directory for the images', 'images')
    .option('--json', 'print one JSON object');
}
