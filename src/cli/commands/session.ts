/** `session`: edit sessions; below it `list`, `start`, `edit`, `show`, `undo`, `fork` and `close`. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import { exitCodeTable } from '../exit-codes.ts';
import { closeCommand } from './session-close.ts';
import { editCommand } from './session-edit.ts';
import { forkCommand } from './session-fork.ts';
import { listCommand } from './session-list.ts';
import { showCommand } from './session-show.ts';
import { startCommand } from './session-start.ts';
import { undoCommand } from './session-undo.ts';

const HELP = `
Each turn changes the image of the turn before. A session goes on for weeks, whoever started it and wherever;
each of these takes its id, or the name it was given, and --json.

Examples:
  $ gemini-images session start 'a fox with a red hat' --id fox --size 2K
  $ gemini-images session edit fox 'let it snow'
  $ gemini-images session show fox --film fox.html
  $ gemini-images session undo fox
  $ gemini-images session fork fox --turn hat

${exitCodeTable()}`;

export function command(finish: Finish): Command {
  return new Command('session')
    .description('Edit an image turn by turn.')
    .enablePositionalOptions()
    .addCommand(listCommand(finish))
    .addCommand(startCommand(finish))
    .addCommand(editCommand(finish))
    .addCommand(showCommand(finish))
    .addCommand(undoCommand(finish))
    .addCommand(forkCommand(finish))
    .addCommand(closeCommand(finish))
    .addHelpText('after', HELP);
}
