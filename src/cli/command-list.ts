/**
 * The commands, by name. Each one's code is loaded when it is asked for, so that `diagnose` starts at
 * once and loads no Temporal code.
 */
import type { CommandFile } from './command-file.ts';

export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'dev',
    summary: 'everything on this machine: Temporal with its UI, a Gemini emulator, a worker',
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'worker',
    summary: 'run a worker until it is told to stop, then drain it',
    load: () => import('./commands/worker.ts'),
  },
  {
    name: 'emulator',
    summary: 'run the Gemini emulator alone',
    load: () => import('./commands/emulator.ts'),
  },
  {
    name: 'generate',
    summary: 'generate images from a prompt and wait for them',
    load: () => import('./commands/generate.ts'),
  },
  {
    name: 'show',
    summary: 'what a generation is doing, or how it ended',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'diagnose',
    summary: 'explain a Gemini failure; needs no server',
    load: () => import('./commands/diagnose.ts'),
  },
];
