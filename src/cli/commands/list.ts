/**
 * `list`: generations, newest first; with `--stuck` those that need somebody, grouped by cause; with
 * `--causes` what waits for a person, or with `--dead` too what died, with the command lines that answer a whole group.
 */
import { Command, Option } from 'commander';
import type { ListOptions } from '../../client/list.ts';
import type { Branch } from '../../domain/branch.ts';
import { BRANCHES } from '../../domain/branch.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { listTable, stuckGroups } from '../list-words.ts';
import { causeLines } from '../causes-words.ts';
import { deadCauseLines } from '../dead-causes-words.ts';
import { positiveInteger } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';

interface ListCommandOptions extends Partial<ServerOptions> {
  readonly stuck?: boolean;
  readonly causes?: boolean;
  readonly branch?: Branch;
  readonly dead?: boolean;
  readonly status?: NonNullable<ListOptions['status']>;
  readonly limit?: number;
  readonly json?: boolean;
}

const STATUSES = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed-out'] as const;
const NOT_WITH_CAUSES = ['stuck', 'status', 'limit'];
const MOST_STUCK = 1_000;
/** Of each branch. */
const MOST_DEAD = 1_000;

const HELP = `
Stuck is what waits for a person, or longer than its own estimate by half and at least 15 minutes. No
worker is asked, so it works with all of them down.

Examples:
  $ gemini-images list --causes
  $ gemini-images list --stuck
  $ gemini-images list --dead --causes
  $ gemini-images list --dead --branch permission --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('list')
      .description('Generations, newest first, or only those that need somebody.')
      .addOption(
        new Option('--stuck', 'only what needs somebody, grouped by cause').conflicts(['dead', 'status']),
      )
      .addOption(
        new Option(
          '--causes',
          'what waits for a person, or with --dead what died, by cause, with the command that answers it',
        ).conflicts(NOT_WITH_CAUSES),
      )
      .addOption(new Option('--branch <branch>', 'only those whose last verdict is in it').choices(BRANCHES))
      .addOption(new Option('--dead', 'only dead letters').conflicts('status'))
      .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
      .option('--limit <number>', 'at most so many, up to 1000 (50; 1000 with --stuck)', positiveInteger),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (options: ListCommandOptions) => finish(await run(options)));
}

async function run(options: ListCommandOptions): Promise<ExitCode> {
  if (options.causes === true)
    return options.dead === true ? await listDead(options) : await listCauses(options);
  const { stuck, branch, dead, status, json } = options;
  const limit = options.limit ?? (stuck === true ? MOST_STUCK : undefined);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const listing = await images.list({
      ...(stuck === undefined ? {} : { stuck }),
      ...(branch === undefined ? {} : { branch }),
      ...(dead === undefined ? {} : { dead }),
      ...(status === undefined ? {} : { status }),
      ...(limit === undefined ? {} : { limit }),
    });
    const { lookedAt } = listing;
    if (json === true) {
      printJson({ generations: [...listing], lookedAt });
      return EXIT.ok;
    }
    const show = (id: string): string => commandLine(['show', id, ...sameServer(options)]);
    const now = Date.now();
    const lines = stuck === true ? stuckGroups(listing, now, show) : listTable(listing, now);
    for (const line of lines) print(line);
    print(
      `${listing.length} ${stuck === true ? 'stuck ' : ''}generation${listing.length === 1 ? '' : 's'}, of ${lookedAt} looked at`,
    );
    return EXIT.ok;
  });
}

async function listDead(options: ListCommandOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const cause = options.branch === undefined ? {} : { cause: options.branch };
    const groups = await images.deadCauses({ ...cause, lookAt: MOST_DEAD });
    const { total, lookedAt, revived } = groups;
    if (options.json === true) {
      printJson({ causes: [...groups], total, lookedAt, revived: revived ?? null });
      return EXIT.ok;
    }
    const telling = { now: Date.now(), server: sameServer(options) };
    for (const line of deadCauseLines(groups, telling)) print(line);
    return EXIT.ok;
  });
}

async function listCauses(options: ListCommandOptions): Promise<ExitCode> {
  if (options.branch !== undefined)
    throw new UsageError('--branch: goes with --causes only where --dead does: add --dead, or leave it out');
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const groups = await images.causes();
    const { lookedAt, complete } = groups;
    if (options.json === true) {
      printJson({ causes: [...groups], lookedAt, complete });
      return EXIT.ok;
    }
    for (const line of causeLines(groups, { now: Date.now(), server: sameServer(options) })) print(line);
    const waiting = groups.reduce((sum, { count }) => sum + count, 0);
    print(
      `${groups.length} cause${groups.length === 1 ? '' : 's'}, ${waiting} generation${waiting === 1 ? '' : 's'} ` +
        `of ${lookedAt} looked at${complete ? '' : '; there are more'}`,
    );
    return EXIT.ok;
  });
}
