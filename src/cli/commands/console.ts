/** `console`: the operator's room in a browser, until Ctrl-C. It asks Temporal and the store, and no worker's machine. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ConsoleArguments } from '../console-options.ts';
import { consoleOptions, withConsoleOptions } from '../console-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { paint, print, printJson, say } from '../output.ts';
import { CommandFailed } from '../report.ts';
import { onStopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';

interface ConsoleCommandOptions extends ConsoleArguments, Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
What is stuck, why, since when, what it costs, and which button is safe. On loopback whoever reaches the port
may decide, and each form asks for a name; elsewhere a token or a proxy in front is needed (docs/console.md).

Examples:
  $ gemini-images console
  $ GEMINI_IMAGES_CONSOLE_TOKEN=$(openssl rand -hex 24) gemini-images console --host 0.0.0.0
  $ gemini-images console --trusted-header X-Forwarded-User --url https://console.example.com

With --json: one line {"event":"ready","url":…}, and {"event":"stopped"} at its end.

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable, EXIT.interrupted])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withConsoleOptions(
      new Command('console').description("The operator's room in a browser: what needs somebody, and why."),
    ),
  )
    .option('--json', 'print events as JSON, one a line')
    .addHelpText('after', HELP)
    .action(async (options: ConsoleCommandOptions) => finish(await run(options)));
}

async function run(options: ConsoleCommandOptions): Promise<ExitCode> {
  const given = consoleOptions(options);
  const { startConsole } = await import('../../console/server.ts');
  const { withImages } = await import('../images-client.ts');
  const told = onStopSignal(() => process.exit(EXIT.interrupted));
  try {
    return await withImages(options, async ({ images }) => {
      const room = await startConsole({ ...given, images, log: say }).catch(explained);
      const { url } = room;
      if (options.json === true) printJson({ event: 'ready', url, pid: process.pid });
      else print(`${paint('bold', 'console ready')}: ${url}; Ctrl-C stops it`);
      await told.asked;
      await room.close();
      if (options.json === true) printJson({ event: 'stopped' });
      else print('stopped');
      return EXIT.ok;
    });
  } finally {
    told.release();
  }
}

/** What its caller can change is said in their words. */
function explained(error: unknown): never {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'UnsafeConsole') throw new UsageError(message);
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    throw new CommandFailed(`cannot listen there (${message}): give another --port or --host`, {
      cause: error,
    });
  }
  throw error;
}
