/**
 * `doctor`: looks at everything a generation stands on, from the server to the clock, and says for each
 * what was seen and what to do. Looks only: what it writes is one probe in the store, and it pays for an
 * image only when told to.
 */
import { Command } from 'commander';
import type { CatalogueArguments } from '../catalogue-option.ts';
import { givenCatalogue, withCatalogueOption } from '../catalogue-option.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { serverOptions, withServerOptions } from '../common-options.ts';
import type { Check, Status } from '../doctor/check.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { NotificationArguments } from '../notifications-option.ts';
import { givenNotifications, withNotificationsOption } from '../notifications-option.ts';
import { duration } from '../option-values.ts';
import { paint, print, printJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';

interface DoctorCommandOptions extends Partial<ServerOptions>, CatalogueArguments, NotificationArguments {
  /** Milliseconds. */
  readonly checkTimeout?: number;
  readonly textModel?: string;
  readonly probeImage?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const CHECK_MS = 10_000;
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const satisfies Record<
  Status,
  string
>;

const HELP = `
Run it where a worker runs, with the same environment: it uses the same key, endpoint and store, and makes
one text call. Each check is ok, warning, failed or skipped, with what to do. With --json: one object with
"healthy" and "checks".

Examples:
  $ gemini-images doctor
  $ gemini-images doctor --probe-image --yes --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function command(finish: Finish): Command {
  const doctor = new Command('doctor').description(
    'Look at server, worker, store, key, models, webhooks, clock and packages.',
  );
  return withNotificationsOption(withCatalogueOption(withServerOptions(doctor)))
    .option('--check-timeout <duration>', 'bounds each check (10s); an image has 120s', duration)
    .option('--text-model <id>', 'model of the text call that tries the key (gemini-flash-latest)')
    .option('--probe-image', 'tell the price of one smallest image, and with --yes make it')
    .option('--yes', 'pay for that image')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (options: DoctorCommandOptions) => finish(await run(options)));
}

async function run(options: DoctorCommandOptions): Promise<ExitCode> {
  const { checkTimeout = CHECK_MS, textModel, probeImage, yes, json } = options;
  if (yes === true && probeImage !== true)
    throw new UsageError('--yes: it pays for --probe-image; give both');
  const { examine } = await import('../doctor/examine.ts');
  const checks: Check[] = [];
  for await (const check of examine({
    server: serverOptions({ connectTimeout: checkTimeout, ...options }),
    checkMs: checkTimeout,
    textModel,
    catalogue: givenCatalogue(options).overrides,
    webhooks: () => givenNotifications(options)?.webhooks,
    image: probeImage === true ? (yes === true ? 'pay' : 'price') : undefined,
    cwd: process.cwd(),
  })) {
    checks.push(check);
    if (json !== true) print(wordsOf(check));
  }
  const healthy = checks.every(({ status }) => status !== 'failed');
  if (json === true) printJson({ outcome: 'doctor', healthy, checks });
  else print(summaryOf(checks));
  return healthy ? EXIT.ok : EXIT.failed;
}

function wordsOf({ name, status, seen, cure }: Check): string {
  const line = `${paint(COLOURS[status], status.padEnd(7))}  ${name.padEnd(17)}  ${oneLine(seen)}`;
  return cure === undefined ? line : `${line}\n${' '.repeat(28)}→ ${oneLine(cure)}`;
}

function summaryOf(checks: readonly Check[]): string {
  const count = (status: Status): number => checks.filter((check) => check.status === status).length;
  const [failed, warnings, skipped] = [count('failed'), count('warning'), count('skipped')];
  const rest = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${skipped} skipped`;
  return failed === 0 ? `nothing failed; ${rest}` : `${failed} failed; ${rest}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
