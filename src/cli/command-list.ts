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
    summary: 'everything on this machine: Temporal with its UI, a Gemini emulator, a worker, a console',
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'console',
    summary: "the operator's room in a browser: what is stuck, why, and what may be decided",
    load: () => import('./commands/console.ts'),
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
    name: 'bulk',
    summary: 'generate images from thousands of prompts in a file; goes on where it was',
    load: () => import('./commands/bulk.ts'),
  },
  {
    name: 'session',
    summary: 'edit an image turn by turn: start, edit, show, undo, fork, close',
    load: () => import('./commands/session.ts'),
  },
  {
    name: 'estimate',
    summary: 'what a generation may cost and how it may go; sends nothing',
    load: () => import('./commands/estimate.ts'),
  },
  {
    name: 'models',
    summary: 'the models: sizes, prices, when they end; --live: what the key sees',
    load: () => import('./commands/models.ts'),
  },
  {
    name: 'show',
    summary: 'what a generation is doing, or how it ended',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'watch',
    summary: 'follow a generation to its end, with the questions it asks',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'list',
    summary: 'generations, or only those that need somebody',
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'routes',
    summary: 'how the fleet stands: limits, holds, breakers; pause and resume them',
    load: () => import('./commands/routes.ts'),
  },
  {
    name: 'report',
    summary: 'what fails, what it costs, which limits bind, and what to do about it',
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'approve',
    summary: 'let a generation, or a whole cause, leave to another route; or send a rewritten prompt',
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'grants',
    summary: 'what may leave to another route for a whole cause; revoke it',
    load: () => import('./commands/grants.ts'),
  },
  {
    name: 'reject',
    summary: 'decide against what a generation asks',
    load: () => import('./commands/reject.ts'),
  },
  {
    name: 'retry',
    summary: 'once more, or with one field changed; brings a dead letter back',
    load: () => import('./commands/retry.ts'),
  },
  {
    name: 'revive',
    summary: 'bring all dead letters of one cause back, a few at a time',
    load: () => import('./commands/revive.ts'),
  },
  {
    name: 'cancel',
    summary: 'end a generation; what it may have cost is booked',
    load: () => import('./commands/cancel.ts'),
  },
  {
    name: 'promote',
    summary: 'out of its wait for quiet hours or its batch lane, to a live call',
    load: () => import('./commands/promote.ts'),
  },
  {
    name: 'webhooks',
    summary: 'who is told what happens; test: send each webhook an event',
    load: () => import('./commands/webhooks.ts'),
  },
  {
    name: 'doctor',
    summary: 'look at server, worker, store, key, models, webhooks, clock and packages',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'diagnose',
    summary: 'explain a Gemini failure; needs no server',
    load: () => import('./commands/diagnose.ts'),
  },
];
