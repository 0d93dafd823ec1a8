/**
 * Parses the command line and runs one command. Resolves with the exit code and never rejects: what
 * goes wrong becomes a message without a stack trace (`report.ts`).
 */
import { Command, CommanderError } from 'commander';
import type { Finish } from './command-file.ts';
import { COMMANDS } from './command-list.ts';
import { ENVIRONMENT } from './environment.ts';
import type { EnvironmentVariable } from './environment.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeTable } from './exit-codes.ts';
import { endWithReader } from './output.ts';
import { report } from './report.ts';
import { withoutSecrets } from './secrets.ts';
import { packageVersion } from './version.ts';

export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  endWithReader();
  let code: ExitCode = EXIT.ok;
  const json = args.includes('--json');
  try {
    const program = await programFor(args, (ended) => {
      code = ended;
    });
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return report(error, { json });
  }
}

/** The whole program for `--help`, with the code of only the command that these arguments name. */
async function programFor(args: readonly string[], finish: Finish): Promise<Command> {
  const program = withOurManners(new Command('gemini-images'))
    .description('Durable Gemini image generation on Temporal.')
    .usage('<command> [options]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; `gemini-images <command> --help` has an example')
    .helpCommand('help [command]', 'print the help of a command')
    // An option belongs to the command that it stands behind, also where that is below another one.
    .enablePositionalOptions()
    .addHelpText('after', () => `\n${environmentTable()}\n\n${exitCodeTable()}\n\n${FIRST_STEPS}`);
  const wanted = args[0] === 'help' ? args[1] : args[0];
  for (const { name, summary, load } of COMMANDS) {
    const command = name === wanted ? (await load()).command(finish) : new Command(name);
    program.addCommand(withOurManners(command.summary(summary)));
  }
  return program;
}

/** Commander's own ways, adapted: errors are thrown, exit code 2, and no key is repeated (I7). */
function withOurManners(command: Command): Command {
  // What a command has below itself was made before it was added, and inherits nothing.
  for (const each of command.commands) withOurManners(each);
  return command
    .exitOverride()
    .showHelpAfterError('(add --help for an example)')
    .configureOutput({ outputError: (text, write) => write(withoutSecrets(text)) });
}

function environmentTable(): string {
  const variables: readonly EnvironmentVariable[] = ENVIRONMENT;
  const width = Math.max(...variables.map(({ name }) => name.length));
  const lines = variables.map(({ name, description, default: value }) => {
    const otherwise = value === undefined ? '' : ` (default: ${value})`;
    return `  ${name.padEnd(width)}  ${description}${otherwise}`;
  });
  return ['Environment:', ...lines].join('\n');
}

const FIRST_STEPS = `First steps:
  $ gemini-images dev
  $ gemini-images generate 'a red fox in snow, watercolor'
From a checkout write \`npm run -s gemini-images -- <command>\`.`;
