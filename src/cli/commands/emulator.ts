/** `emulator`: a Gemini without a key, alone, until SIGTERM or Ctrl-C. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { EmulatorArguments } from '../emulator-options.ts';
import { emulatorOptions, withEmulatorOptions } from '../emulator-options.ts';
import { setting } from '../environment.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { port as portValue } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { onStopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';

interface EmulatorCommandOptions extends EmulatorArguments {
  readonly host?: string;
  readonly port?: number;
  readonly json?: boolean;
}

const HELP = `
Anything that speaks to Gemini can call it: set the base URL and any key. Faults can also be written into
a prompt, as in 'a red fox [[fault:capacity*2]]'; GET /__emulator/presets lists them, and
GET /__emulator/calls is the ledger of what was called and billed.

Examples:
  $ gemini-images emulator
  $ gemini-images emulator --port 0 --rpm 10 --time-scale 0.05 --fault capacity=0.45 --json

With --json: one line {"event":"ready","url":…} and at its end {"event":"stopped",…} with the totals.

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.interrupted])}`;

export function command(finish: Finish): Command {
  return withEmulatorOptions(
    new Command('emulator')
      .description('Run the Gemini emulator alone.')
      .option(
        '--port <number>',
        'port, 0 for any free one (GEMINI_IMAGES_EMULATOR_PORT, else 8787)',
        portValue,
      )
      .option('--host <address>', 'address to listen on (GEMINI_IMAGES_EMULATOR_HOST, else 127.0.0.1)'),
  )
    .option('--json', 'print events as JSON, one a line')
    .addHelpText('after', HELP)
    .action(async (options: EmulatorCommandOptions) => finish(await run(options)));
}

async function run(options: EmulatorCommandOptions): Promise<ExitCode> {
  const told = onStopSignal(() => process.exit(EXIT.interrupted));
  try {
    const given = await emulatorOptions(options);
    const { startEmulator } = await import('../../emulator/index.ts');
    const emulator = await startEmulator({
      ...given,
      host: options.host ?? given.host ?? setting('GEMINI_IMAGES_EMULATOR_HOST'),
      port: options.port ?? given.port ?? portOfEnvironment(),
    });
    const { url } = emulator;
    const ledger = `${url}/__emulator/calls`;
    if (options.json === true) printJson({ event: 'ready', url, ledger, pid: process.pid });
    else {
      print(`emulator ready: ${url}`);
      print(`  ledger   ${ledger}`);
      print(`  workers  GEMINI_IMAGES_EMULATOR_URL=${url}`);
      if (emulator.options.timeScale !== 1)
        print(`  note     minutes, days and RetryInfo are scaled × ${emulator.options.timeScale}`);
    }
    await told.asked;
    await emulator.close();
    const { calls, billed, usd } = emulator.totals();
    if (options.json === true) printJson({ event: 'stopped', calls, billed, usd });
    else
      print(
        `emulator stopped after ${calls} calls, ${billed} of them billed (${usd.toFixed(3)} USD at list price)`,
      );
    return EXIT.ok;
  } finally {
    told.release();
  }
}

function portOfEnvironment(): number {
  const text = setting('GEMINI_IMAGES_EMULATOR_PORT') as string;
  try {
    return portValue(text);
  } catch (error) {
    throw new UsageError(
      `GEMINI_IMAGES_EMULATOR_PORT is ${JSON.stringify(text)}: ${(error as Error).message}`,
    );
  }
}
