/** `report`: what fails, what it costs, which limits bind, and what to do about it, with the numbers it used. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { percentage, timePassed } from '../option-values.ts';
import { print, printJson, say } from '../output.ts';

interface ReportCommandOptions extends Partial<ServerOptions> {
  readonly since?: Date;
  readonly until?: Date;
  readonly availability?: number;
  readonly html?: string;
  readonly json?: boolean;
}

const WEEK_MS = 7 * 24 * 3_600_000;

const HELP = `
Counts the generations that ended in the time, by what each wrote down at its end; no worker is asked, except
for limits. What is not in the figures is said. docs/report.md tells how each figure is made.

Examples:
  $ gemini-images report
  $ gemini-images report --since 30d --html report.html
  $ gemini-images report --since 2026-11-01 --until 2026-12-01 --availability 99.9 --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('report')
      .description('What fails, what it costs, which limits bind, and what to do about it.')
      .option('--since <time>', 'from when on: a duration back, such as 7d, or a time (7d)', timePassed)
      .option('--until <time>', 'up to when: a duration back, or a time (now)', timePassed)
      .option('--availability <percent>', 'percent of generations that must be served: 99.9', percentage)
      .option('--html <file>', 'write one HTML page, with plots, that holds everything'),
  )
    .option('--json', 'print one JSON object (docs/report.schema.json)')
    .addHelpText('after', HELP)
    .action(async (options: ReportCommandOptions) => finish(await run(options)));
}

async function run(options: ReportCommandOptions): Promise<ExitCode> {
  const { since = new Date(Date.now() - WEEK_MS), until, availability, html, json } = options;
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const report = await images.report({
      since,
      ...(until === undefined ? {} : { until }),
      ...(availability === undefined ? {} : { availability }),
    });
    if (html !== undefined) {
      const { writeReportPage } = await import('../spend-report/write-page.ts');
      await writeReportPage(html, report);
      say(`written: ${html}`);
    }
    if (json === true) {
      printJson(report);
      return EXIT.ok;
    }
    const { reportLines } = await import('../spend-report/terminal.ts');
    for (const line of reportLines(report)) print(line);
    return EXIT.ok;
  });
}
