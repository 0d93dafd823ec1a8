/**
 * A console over a rig: real Temporal server, emulator, store and workers; a port of its own, and browsers
 * without scripts. `close` ends the console and the rig.
 */
import type { ConsoleOptions, RunningConsole } from '../../src/console/server.ts';
import { startConsole } from '../../src/console/server.ts';
import { ConsoleBrowser } from './console-browser.ts';
import type { Rig } from './rig.ts';

export interface ConsoleRig<R extends Rig = Rig> {
  readonly rig: R;
  readonly console: RunningConsole;
  /** What the console logged: nobody foresaw it. */
  readonly logged: readonly string[];
  /** Another person: a browser without cookies. */
  browser(): ConsoleBrowser;
  /** Another console over the same rig, set up in another way. */
  another(options?: Partial<ConsoleOptions>): Promise<RunningConsole>;
  close(): Promise<void>;
}

/** Open pages are told soon. */
const LOOK_EVERY_MS = 200;

export async function startConsoleRig<R extends Rig>(
  rig: R,
  options: Partial<ConsoleOptions> = {},
): Promise<ConsoleRig<R>> {
  const logged: string[] = [];
  const consoles: RunningConsole[] = [];
  const another = async (given: Partial<ConsoleOptions> = {}): Promise<RunningConsole> => {
    const started = await startConsole({
      ...{ images: rig.images, port: 0, lookEveryMs: LOOK_EVERY_MS },
      log: (line) => logged.push(line),
      ...given,
    });
    consoles.push(started);
    return started;
  };
  const first = await another(options);
  return {
    rig,
    console: first,
    logged,
    browser: () => new ConsoleBrowser(first.url),
    another,
    close: async () => {
      await Promise.all(consoles.map((each) => each.close()));
      await rig.close();
    },
  };
}
