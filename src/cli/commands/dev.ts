/**
 * `dev`: embedded Temporal server with its UI, an emulator where there is no key, one worker, a console. Ctrl-C
 * stops all of it; only a call to the real Gemini is waited for, because it is paid.
 */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import { serverOptions, withStoreOptions } from '../common-options.ts';
import type { DevStack } from '../dev-stack.ts';
import type { EmulatorArguments } from '../emulator-options.ts';
import { emulatorOptions, withEmulatorOptions } from '../emulator-options.ts';
import { setting } from '../environment.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { checkedEndpoint } from '../gemini-endpoint.ts';
import { commandLine } from '../invocation.ts';
import type { NotificationArguments } from '../notifications-option.ts';
import { givenNotifications, withNotificationsOption } from '../notifications-option.ts';
import { port } from '../option-values.ts';
import { paint, print, printJson, say } from '../output.ts';
import type { QuotaArguments } from '../quota-options.ts';
import { quotaSettings, withQuotaOptions } from '../quota-options.ts';
import { onStopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';
import type { Webhook } from '../../webhooks/settings.ts';
import { toldWebhook, webhookWords } from '../webhook-words.ts';
import type { Scales } from '../scales.ts';
import { scales, scaleWords } from '../scales.ts';
import type { TelemetryArguments, TelemetrySettings } from '../telemetry-options.ts';
import { metricsUrl, telemetrySettings, withTelemetryOptions } from '../telemetry-options.ts';

interface DevOptions extends EmulatorArguments, QuotaArguments, NotificationArguments, TelemetryArguments {
  readonly port?: number;
  readonly uiPort?: number;
  readonly consolePort?: number;
  readonly emulatorPort?: number;
  readonly store?: string;
  readonly taskQueue?: string;
  readonly db?: string;
  readonly emulator?: boolean;
  readonly apiKey?: boolean;
  readonly json?: boolean;
}

/** With an emulator nothing is paid for, so nothing is worth a longer wait. */
const PATIENCE_MS = 10_000;

const HELP = `
Without GEMINI_API_KEY and GEMINI_VERTEX_PROJECT the worker calls an emulator that is started too; --emulator
does so although there is a key. --api-key insists on the key and fails without one; the key itself is never an argument.
With --time-scale the emulator's windows and the waits computed by our policies shrink alike.

Examples:
  $ gemini-images dev
  $ gemini-images dev --emulator --time-scale 0.05 --fault capacity=0.3 --db .gemini-images/temporal.db

With --json: one line {"event":"ready",…} with all addresses, and {"event":"stopped"} at its end.

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable, EXIT.interrupted])}`;

export function command(finish: Finish): Command {
  const dev = new Command('dev')
    .description('Everything on this machine: Temporal with its UI, a Gemini emulator, a worker, a console.')
    .option('--port <number>', 'port of the Temporal server (7233, or any free one if that is taken)', port)
    .option('--ui-port <number>', 'port of the UI (8233, or any free one if that is taken)', port)
    .option('--console-port <number>', 'port of the console (8480, or any free one if that is taken)', port)
    .option('--emulator-port <number>', 'port of the emulator (any free one)', port)
    .option('--db <file>', 'keep generations in this SQLite file (in memory, gone at the end)')
    .option('--emulator', 'call the emulator even if GEMINI_API_KEY is set')
    .option('--api-key', 'call Gemini with GEMINI_API_KEY, and pay for it');
  return withEmulatorOptions(
    withNotificationsOption(withTelemetryOptions(withQuotaOptions(withStoreOptions(dev)))),
  )
    .option('--json', 'print events as JSON, one a line')
    .addHelpText('after', HELP)
    .action(async (options: DevOptions) => finish(await run(options)));
}

async function run(options: DevOptions): Promise<ExitCode> {
  const emulated = usesEmulator(options);
  const { store, taskQueue } = serverOptions(options);
  const scaled = scaledBy(options.timeScale);
  const telemetry = telemetrySettings(options);
  const notified = givenNotifications(options);
  const emulator = emulated ? await emulatorOptions(options) : {};
  const gemini = emulated
    ? { emulator: { ...emulator, port: options.emulatorPort ?? 0 } }
    : await checkedEndpoint();
  const { startDevStack } = await import('../dev-stack.ts');
  (await import('../temporal-runtime.ts')).installRuntime(telemetry);
  const told = onStopSignal(() => process.exit(EXIT.interrupted));
  let up = false;
  void told.asked.then(() => {
    if (!up) say('stopping once everything is up; Ctrl-C again leaves at once');
  });
  try {
    const stack = await startDevStack({
      ...scaled,
      ...quotaSettings(options),
      gemini,
      ...(notified === undefined ? {} : { notifications: notified.notifications }),
      store,
      taskQueue,
      namespace: setting('TEMPORAL_NAMESPACE') as string,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
      ...(options.consolePort === undefined ? {} : { consolePort: options.consolePort }),
      ...(options.db === undefined ? {} : { db: options.db }),
    });
    up = true;
    const webhooks = notified?.webhooks.all ?? [];
    tell(stack, store, { ...scaled, telemetry, webhooks }, options.json === true);
    await Promise.race([told.asked, stack.broken]).finally(() => stopWithin(stack, emulated));
    if (options.json === true) printJson({ event: 'stopped' });
    else print('stopped');
    return EXIT.ok;
  } finally {
    told.release();
  }
}

function usesEmulator({ emulator, apiKey }: DevOptions): boolean {
  const hasKey = setting('GEMINI_API_KEY') !== undefined;
  const hasAny = hasKey || setting('GEMINI_VERTEX_PROJECT') !== undefined;
  if (emulator === true && apiKey === true) throw new UsageError('give --emulator or --api-key, not both');
  if (apiKey === true && !hasKey) throw new UsageError('--api-key: GEMINI_API_KEY is not set');
  return emulator === true || !hasAny;
}

function scaledBy(timeScale: number | undefined): Scales {
  return timeScale === undefined ? scales() : { timeScale, quotaWindowScale: timeScale };
}

async function stopWithin(stack: DevStack, emulated: boolean): Promise<void> {
  say(emulated ? 'stopping' : 'stopping; paid calls under way are waited for, Ctrl-C again cuts them');
  const stopped = stack.stop();
  if (!emulated) return await stopped;
  // The server dies with this process, so leaving is stopping.
  const leave = setTimeout(() => process.exit(EXIT.ok), PATIENCE_MS);
  await stopped.finally(() => clearTimeout(leave));
}

function tell(
  stack: DevStack,
  store: string,
  {
    telemetry,
    webhooks,
    ...scaled
  }: Scales & { readonly telemetry: TelemetrySettings; readonly webhooks: readonly Webhook[] },
  json: boolean,
): void {
  const { address, namespace, uiUrl, consoleUrl, emulatorUrl, gemini, taskQueue } = stack;
  const generate = commandLine(['generate', 'a red fox in snow, watercolor'], settingsFor(stack, store));
  if (json) {
    const urls = { ui: uiUrl, console: consoleUrl, emulator: emulatorUrl, ...metricsUrl(telemetry) };
    const parts = {
      address,
      namespace,
      ...urls,
      gemini,
      store: stack.store,
      webhooks: webhooks.map(toldWebhook),
    };
    return printJson({ event: 'ready', ...parts, taskQueue, generate, pid: process.pid, ...scaled });
  }
  const ledger = emulatorUrl === undefined ? [] : [`  ledger    ${emulatorUrl}/__emulator/calls`];
  print(
    [
      `${paint('bold', 'ready')}; Ctrl-C stops everything`,
      `  console   ${consoleUrl}`,
      `  UI        ${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows`,
      `  Temporal  ${address} (${namespace}), task queue ${taskQueue}`,
      `  Gemini    ${gemini}`,
      ...ledger,
      `  store     ${stack.store}`,
      ...(telemetry.metrics === undefined ? [] : [`  metrics   http://${telemetry.metrics}/metrics`]),
      ...webhooks.map((webhook) => `  webhook   ${webhookWords(webhook)}`),
      ...scaleWords(scaled).map((note) => `  note      ${note}`),
      '',
      'In another terminal:',
      `  ${paint('cyan', generate)}`,
    ].join('\n'),
  );
}

/** What another terminal must be told, because it would find something else by itself. */
function settingsFor({ address, taskQueue }: DevStack, store: string): Record<string, string> {
  const needed = {
    TEMPORAL_ADDRESS: address,
    GEMINI_IMAGES_STORE: store,
    GEMINI_IMAGES_TASK_QUEUE: taskQueue,
  };
  const names = Object.keys(needed) as (keyof typeof needed)[];
  return Object.fromEntries(
    names
      .filter((name) => needed[name] !== setting(name) || needed[name] !== setting(name, {}))
      .map((name) => [name, needed[name]]),
  );
}
