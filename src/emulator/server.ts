/**
 * The emulator as a server: starts, serves, closes. It never throws out of a request; `close` ends open
 * connections, hanging ones too, and resolves when the port is free.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { batchStates } from './batches/batch-states.ts';
import type { BatchShown } from './batches/batch-states.ts';
import { createContext, resetContext } from './context.ts';
import { Exchange } from './exchange.ts';
import type { FaultState } from './faults/book.ts';
import { faultRuleSchema } from './faults/rule.ts';
import type { FaultRuleInput } from './faults/rule.ts';
import { fileStates } from './files/file-states.ts';
import type { FileShown } from './files/file-states.ts';
import type { LedgerEntry, LedgerTotals } from './ledger.ts';
import { EmulatorOptionsError, explain, resolveEmulatorOptions } from './options.ts';
import type { EmulatorOptions, ResolvedEmulatorOptions } from './options.ts';
import type { QuotaUse } from './quota-windows.ts';
import { route } from './router.ts';

export interface Emulator {
  /** Base URL for `httpOptions.baseUrl`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly options: ResolvedEmulatorOptions;
  /** The ledger: every API call since the start or the last reset, in order of arrival. */
  calls(): readonly LedgerEntry[];
  totals(): LedgerTotals;
  /** Quota in use by model. */
  quota(): Readonly<Record<string, readonly QuotaUse[]>>;
  faults(): readonly FaultState[];
  /** Adds fault rules behind the present ones. Throws EmulatorOptionsError for a rule that does not read. */
  addFaults(...rules: readonly FaultRuleInput[]): void;
  clearFaults(): void;
  /** The files of all projects, newest first. */
  files(): readonly FileShown[];
  /** The batch jobs of all projects, newest first. */
  batches(): readonly BatchShown[];
  /** Makes a file (`files/<id>` or the id alone), or all of them, expire now; says how many did. */
  expireFiles(name?: string): number;
  /** Makes all access tokens expire now; says how many did. */
  expireTokens(): number;
  setEchoKey(on: boolean): void;
  /** Ledger, quota use and counts to zero, no files and no batch jobs; faults as the options had them. */
  reset(): void;
  close(): Promise<void>;
}

/** Keep-alive beyond any client's patience between two calls; calls themselves may take as long as they like. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Starts an emulator.
 *
 * @throws EmulatorOptionsError for options that cannot be used, Error when the port is taken.
 * @example const emulator = await startEmulator({ limits: { '*': { rpm: 20 } }, timeScale: 0.05 });
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveEmulatorOptions(options);
  const context = createContext(resolved);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    const exchange = new Exchange(request, response);
    route(exchange, context).catch(() => exchange.reset());
  });
  // Destroyed sockets report themselves here too; their outcome is in the ledger already.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const cure = taken
        ? `port ${resolved.port} is taken: choose another or 0 for any free one`
        : error.message;
      reject(new Error(`The emulator cannot listen on ${resolved.host}: ${cure}`, { cause: error }));
    });
    server.listen(resolved.port, resolved.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${reachable(resolved.host)}:${port}`,
    port,
    options: resolved,
    calls: () => context.ledger.entries(),
    totals: () => context.ledger.totals(),
    quota: () => context.quota.use(Date.now()),
    faults: () => context.faults.list(),
    addFaults: (...rules) => {
      const parsed = faultRuleSchema.array().safeParse(rules);
      if (!parsed.success) throw new EmulatorOptionsError(`Fault rules: ${explain(parsed.error.issues)}`);
      context.faults.add(parsed.data);
    },
    clearFaults: () => context.faults.clear(),
    files: () => fileStates(context),
    batches: () => batchStates(context.batches),
    expireFiles: (name) => context.files.expire(name?.replace(/^files\//, ''), Date.now()),
    expireTokens: () => context.tokens.expire(Date.now()),
    setEchoKey: (on) => {
      context.echoKey = on;
    },
    reset: () => resetContext(context),
    close: () => {
      context.batches.reset();
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

/** A host to listen on is not always one to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
