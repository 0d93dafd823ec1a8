/** `routes resume`: says that a cause is fixed, sees it proved, and wakes what waits for it. */
import { Command } from 'commander';
import { scopeWords } from '../../client/routes-scope.ts';
import type { Resumed } from '../../client/routes-resume.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withGovernorOption, withSaidOptions } from '../operator-options.ts';
import { duration } from '../option-values.ts';
import { paint, print, printJson, say } from '../output.ts';
import { PROVING } from '../standing-words.ts';
import { wokenWords } from '../woken-words.ts';

interface ResumeOptions extends SaidOptions, Partial<ServerOptions> {
  readonly governor?: string;
  /** Milliseconds. */
  readonly wait?: number;
  readonly json?: boolean;
}

const HELP = `
A plain text call proves first that the cause is gone, then one generation goes, then all that wait are
woken at the pace of their quota. Where the cause is still there the hold stands again, and the exit code
is 1. What was not reached within --wait looks again by itself within 5 minutes; the same command line goes
on where this one ended.

Examples:
  $ gemini-images routes resume h-1 --by ann --why 'the key was replaced'
  $ gemini-images routes resume h-1 --why 'the bill is paid' --wait 5m --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function resumeCommand(finish: Finish): Command {
  return withServerOptions(
    withGovernorOption(
      withSaidOptions(
        new Command('resume')
          .summary('say that the cause of a hold is fixed, and wake what waits for it')
          .description('Say that the cause of a hold is fixed, see it proved, and wake what waits for it.')
          .argument('<hold>', 'id of the hold, such as h-1'),
      ),
    ),
  )
    .option('--wait <duration>', 'how long to see it through (60s)', duration)
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (hold: string, options: ResumeOptions) => finish(await run(hold, options)));
}

async function run(hold: string, options: ResumeOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { governor, wait } = options;
    const resumed = await images.resume({
      hold,
      ...said,
      onPhase: (phase) => {
        if (phase === 'probing' || phase === 'trial') say(`${hold} is ${PROVING[phase]}`);
      },
      ...(governor === undefined ? {} : { governor }),
      ...(wait === undefined ? {} : { waitMs: wait }),
    });
    if (options.json === true) printJson(resumed);
    else for (const line of resumedLines(resumed)) print(line);
    return resumed.phase === 'held' ? EXIT.failed : EXIT.ok;
  });
}

export function resumedLines({ hold, governor, phase, before, now, ...woken }: Resumed): readonly string[] {
  const cause = before === undefined ? '' : `  ${before.branch}  ${scopeWords(before.scope)}`;
  const what = `${hold}${cause} of ${governor}`;
  switch (phase) {
    case 'released':
      return [`${paint('green', 'released')}  ${what}`, `  ${wokenWords(woken)}`];
    case 'held':
      return [
        `${paint('red', 'held again')}  ${what}`,
        `  it was tried, and the cause is still there: ${(now ?? before)?.message ?? ''}`,
      ];
    case 'probing':
    case 'trial': {
      const isAlone = woken.woken + woken.left === 0;
      const next = isAlone ? '; nobody waits for it, so the next generation goes on with it' : '';
      return [`${paint('yellow', 'resumed')}  ${what}`, `  ${PROVING[phase]}${next}`];
    }
  }
}
