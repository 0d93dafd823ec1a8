/** Grants from the command line: shows the group that it answers, then the grant, then who was woken. */
import { causeHead } from './causes-words.ts';
import type { ServerOptions } from './common-options.ts';
import { sameServer } from './common-options.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { OperatorOptions } from './operator-options.ts';
import { saidBy } from './operator-options.ts';
import { print, printJson } from './output.ts';
import { grantLines } from './standing-words.ts';
import { UsageError } from './usage-error.ts';
import { wokenWords } from './woken-words.ts';

export interface ApproveCauseOptions extends OperatorOptions, Partial<ServerOptions> {
  readonly cause?: string;
  readonly route?: string;
  readonly until?: Date;
  readonly maxCost?: number;
  /** Milliseconds. */
  readonly wait?: number;
  readonly governor?: string;
  readonly json?: boolean;
}

export async function approveCause(cause: string, options: ApproveCauseOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { evidence, governor, wait, json } = options;
  const given = {
    cause,
    ...said,
    route: needed('route', options.route, 'the name of the route that they may leave to'),
    until: needed('until', options.until, 'for how long, such as 2h'),
    maxCostUsd: needed('max-cost', options.maxCost, 'at most how many USD they may reserve, one call each'),
    ...(evidence === undefined ? {} : { evidence }),
    ...(governor === undefined ? {} : { governor }),
    ...(wait === undefined ? {} : { waitMs: wait }),
  };
  const { withImages } = await import('./images-client.ts');
  return await withImages(options, async ({ images }) => {
    const now = Date.now();
    const granted = await images.approveCause({
      ...given,
      onGranted: ({ governor: where, grant, group }) => {
        if (json === true) return;
        const again = { now, options: ['--governor', where, ...sameServer(options)] };
        for (const line of [...causeHead(group, now), ...grantLines(grant, again)]) print(line);
      },
    });
    if (json === true) printJson({ outcome: 'granted', ...granted });
    else print(`  ${wokenWords(granted)}`);
    return EXIT.ok;
  });
}

function needed<T>(option: string, value: T | undefined, what: string): T {
  if (value === undefined) throw new UsageError(`--${option}: say ${what}`);
  return value;
}
