/**
 * `revive`: all dead letters of one cause, after an outage or once a key is renewed. Begun again it goes on with
 * those that are left; one letter alone is `retry`'s.
 */
import { Command, Option } from 'commander';
import type { RequestChange } from '../../client/changed-field.ts';
import type { CauseRevived, RevivedEach } from '../../client/revive-cause.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { asOption, fieldChange } from '../field-option.ts';
import { commandLine } from '../invocation.ts';
import { oneLine } from '../../words/one-line.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withSaidOptions } from '../operator-options.ts';
import { positiveInteger, positiveNumber } from '../option-values.ts';
import { paint, print, printJson, say } from '../output.ts';
import { onStopSignal } from '../stop-signal.ts';

interface ReviveOptions extends Partial<ServerOptions>, SaidOptions {
  readonly cause: string;
  readonly query?: string;
  readonly limit?: number;
  readonly perMinute?: number;
  readonly inFlight?: number;
  readonly change?: RequestChange;
  readonly maxPaidCalls?: number;
  readonly json?: boolean;
}

const HELP = `
The oldest comes first, with who and why kept on each. Three are the proof that the cause is gone: until one of
them is served no further one is begun, and where none is, the rest stays as it is. After that as many are open as
--in-flight says, and the quota paces their calls. Dead letters that broke a use policy come back with another
prompt only. Begun again, also after Ctrl-C, it goes on with what is left.

Examples:
  $ gemini-images revive --cause permission/key-leaked --why 'the key is renewed'
  $ gemini-images revive --cause capacity --per-minute 60 --limit 500 --why 'the outage is over'
  $ gemini-images revive --cause deadline --query "StartTime > '2027-01-31T00:00:00Z'" --why 'the sale goes on'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable, EXIT.interrupted])}
It is 1 where some were refused or are left.`;

export function command(finish: Finish): Command {
  const revive = new Command('revive')
    .description('Bring all dead letters of one cause back, a few at a time.')
    .requiredOption('--cause <cause>', 'what they died of: a branch, or branch/reason')
    .option('--query <clause>', 'narrows it: a clause of a Temporal visibility query')
    .option('--limit <number>', 'at most so many (the 10,000 newest)', positiveInteger)
    .option('--per-minute <number>', 'at most so many a minute (as they end)', positiveNumber)
    .addOption(
      new Option('--in-flight <number>', 'revived and not ended at once (20)').argParser(positiveInteger),
    )
    .option('--change <field=value>', 'one field of each request', fieldChange)
    .option(
      '--max-paid-calls <number>',
      "calls of each that may be billed anew (the request's)",
      positiveInteger,
    );
  return withServerOptions(withSaidOptions(revive))
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (options: ReviveOptions) => finish(await run(options)));
}

async function run(options: ReviveOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { cause, query, limit, perMinute, inFlight, change, maxPaidCalls } = options;
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const over = new AbortController();
    const stop = onStopSignal(() => process.exit(EXIT.interrupted));
    void stop.asked.then(() => over.abort());
    try {
      const report = await images.reviveCause({
        ...{ cause, ...said, signal: over.signal, onEach: sayEach },
        ...(query === undefined ? {} : { query }),
        ...(limit === undefined ? {} : { limit }),
        ...(perMinute === undefined ? {} : { perMinute }),
        ...(inFlight === undefined ? {} : { inFlight }),
        ...(change === undefined ? {} : { change }),
        ...(maxPaidCalls === undefined ? {} : { maxPaidCalls }),
      });
      const code = exitCodeOf(report, over.signal.aborted);
      if (options.json === true) printJson({ outcome: outcomeOf(code), cause, by: said.by, ...report });
      else for (const line of lines(report, code, options)) print(line);
      return code;
    } catch (error) {
      throw asOption(error, change);
    } finally {
      stop.release();
    }
  });
}

function sayEach(each: RevivedEach): void {
  say(each.kind === 'revived' ? `revived  ${each.id}` : `refused  ${oneLine(each.why)}`);
}

function exitCodeOf({ refused, left, why }: CauseRevived, isAborted: boolean): ExitCode {
  if (isAborted) return EXIT.interrupted;
  return refused.length === 0 && left === 0 && why === undefined ? EXIT.ok : EXIT.failed;
}

function outcomeOf(code: ExitCode): string {
  return code === EXIT.interrupted ? 'interrupted' : code === EXIT.ok ? 'revived' : 'incomplete';
}

function lines(report: CauseRevived, code: ExitCode, options: ReviveOptions): readonly string[] {
  const { revived, refused, left, why, lookedAt, complete } = report;
  const head = paint(code === EXIT.ok ? 'green' : 'yellow', outcomeOf(code));
  const watch = commandLine(['list', '--status', 'running', ...sameServer(options)]);
  return [
    `${head}  ${revived} ${revived === 1 ? 'dead letter' : 'dead letters'} of ${options.cause}`,
    ...(refused.length === 0 ? [] : [`  refused  ${refused.length}`]),
    ...(left === 0 && why === undefined ? [] : [`  left     ${left}${why === undefined ? '' : `: ${why}`}`]),
    ...(complete ? [] : [`  there are more than the ${lookedAt} newest: once more, or narrow it by --query`]),
    ...(revived === 0 ? [] : [`  watch    ${watch}`]),
  ];
}
