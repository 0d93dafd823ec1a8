/**
 * `worker`: takes generations from the task queue until SIGTERM or SIGINT, then drains: calls under way
 * are waited for and their answers stored, for they are paid. A second Ctrl-C cuts them; their fence
 * then books them as possibly paid and no other worker repeats them.
 */
import { Command } from 'commander';
import type { CatalogueArguments } from '../catalogue-option.ts';
import { givenCatalogue, withCatalogueOption } from '../catalogue-option.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { serverOptions, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { checkedEndpoint } from '../gemini-endpoint.ts';
import type { NotificationArguments } from '../notifications-option.ts';
import { givenNotifications, withNotificationsOption } from '../notifications-option.ts';
import { print, printJson, say } from '../output.ts';
import type { QuotaArguments } from '../quota-options.ts';
import { quotaSettings, withQuotaOptions } from '../quota-options.ts';
import { onStopSignal } from '../stop-signal.ts';
import { scales, scaleWords } from '../scales.ts';
import type { TelemetryArguments } from '../telemetry-options.ts';
import { metricsUrl, telemetrySettings, withTelemetryOptions } from '../telemetry-options.ts';

interface WorkerCommandOptions
  extends
    Partial<ServerOptions>,
    QuotaArguments,
    CatalogueArguments,
    NotificationArguments,
    TelemetryArguments {
  readonly json?: boolean;
}

const HELP = `
The Gemini key is read from GEMINI_API_KEY and never printed. GEMINI_VERTEX_PROJECT adds the route vertex:
Gemini on Google Cloud, with the service account of GEMINI_VERTEX_KEY_FILE or the machine's own identity.
Without either the worker calls the emulator that GEMINI_IMAGES_EMULATOR_URL names. SIGTERM and Ctrl-C drain the worker: it waits for calls under way
(up to 10 minutes), because an answer that is cut off may have been paid for.

Examples:
  $ GEMINI_API_KEY=… gemini-images worker --store /data/gemini-images
  $ GEMINI_VERTEX_PROJECT=my-project GEMINI_VERTEX_KEY_FILE=/run/key.json gemini-images worker
  $ GEMINI_API_KEY=… gemini-images worker --metrics 127.0.0.1:9464 --log json
  $ GEMINI_IMAGES_EMULATOR_URL=http://127.0.0.1:8787 gemini-images worker

With --json: one line {"event":"ready",…} when it takes work and {"event":"stopped"} at its end.

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable, EXIT.interrupted])}`;

export function command(finish: Finish): Command {
  return withNotificationsOption(
    withCatalogueOption(
      withQuotaOptions(
        withTelemetryOptions(
          withServerOptions(
            new Command('worker').description('Run a worker until it is told to stop, then drain it.'),
          ),
        ),
      ),
    ),
  )
    .option('--json', 'print events as JSON, one a line')
    .addHelpText('after', HELP)
    .action(async (options: WorkerCommandOptions) => finish(await run(options)));
}

async function run({ json, ...given }: WorkerCommandOptions): Promise<ExitCode> {
  const { connectTimeout, ...server } = serverOptions(given);
  const { routes, words } = await checkedEndpoint();
  const scaled = scales();
  const telemetry = telemetrySettings(given);
  const quotas = quotaSettings(given);
  const { overrides } = givenCatalogue(given);
  const told = givenNotifications(given);
  const { runWorker } = await import('../../worker/run.ts');
  (await import('../temporal-runtime.ts')).installRuntime(telemetry);

  const draining = new AbortController();
  const asked = onStopSignal(() => {
    say('cut: calls under way are booked as possibly paid');
    process.exit(EXIT.interrupted);
  });
  void asked.asked.then((signal) => {
    say(`${signal}: draining, waiting for calls under way; Ctrl-C again cuts them`);
    draining.abort();
  });
  try {
    await runWorker({
      ...server,
      ...scaled,
      ...quotas,
      routes,
      connectTimeoutMs: connectTimeout,
      signal: draining.signal,
      ...(overrides === undefined ? {} : { catalogue: overrides }),
      ...(told === undefined ? {} : { notifications: told.notifications }),
      onReady: ({ address, namespace, taskQueue, store }) => {
        const notes = scaleWords(scaled);
        if (json === true) {
          const event = {
            event: 'ready',
            address,
            namespace,
            taskQueue,
            store,
            gemini: words,
            quota: quotas.quota,
          };
          return printJson({ ...event, pid: process.pid, ...metricsUrl(telemetry), ...scaled });
        }
        print(`worker ready: task queue ${taskQueue} of ${address} (${namespace})`);
        print(`  gemini  ${words}`);
        print(`  store   ${store}`);
        print(
          `  quota   ${quotas.quota === 'fleet' ? 'shared by the fleet (gemini-images routes)' : 'of this process alone'}`,
        );
        const { metrics } = metricsUrl(telemetry);
        if (metrics !== undefined) print(`  metrics ${metrics}`);
        if (told !== undefined) print(`  tells   ${told.webhooks.all.map(({ name }) => name).join(', ')}`);
        for (const note of notes) print(`  note    ${note}`);
      },
    });
  } finally {
    asked.release();
  }
  if (json === true) printJson({ event: 'stopped' });
  else print('worker stopped: everything it had begun is finished or stored');
  return EXIT.ok;
}
