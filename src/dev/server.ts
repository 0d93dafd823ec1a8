/**
 * An embedded Temporal dev server: the `dev` command, the demo, the benches and the tests run on it.
 * It listens on 127.0.0.1 only, is ready for use when `startDevServer` resolves, and dies with the
 * process that started it. With `dbFile` its state outlives it: `stop` or `kill`, then `restart`
 * brings the same workflows back on the same ports.
 *
 * Rejects with `ServerBinaryMissing` (no program found, every step listed) or `DevServerFailed` (it
 * did not become ready in time; the message ends with what it printed last).
 */
import { locateServer } from './binaries.ts';
import { freePort } from './ports.ts';
import { waitUntilReady } from './readiness.ts';
import type { ServerProcess } from './server-process.ts';
import { startProcess } from './server-process.ts';

export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface DevServerOptions {
  /** Use the server at this `host:port` instead of starting one; `stop`, `kill` and `restart` then do nothing. */
  readonly address?: string;
  /** @default 'default' */
  readonly namespace?: string;
  /** Registered before `startDevServer` resolves: `{ GeminiBranch: 'Keyword' }`. @default {} */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** Serve Temporal's web UI. @default false */
  readonly ui?: boolean;
  /** @default a free port */
  readonly port?: number;
  /** @default a free port */
  readonly uiPort?: number;
  /** SQLite file; its folder must exist. @default state in memory, gone with the server */
  readonly dbFile?: string;
  /** More arguments of `temporal server start-dev`: `['--dynamic-config-value', 'key=value']`. */
  readonly extraArgs?: readonly string[];
  /** Gets each line the server prints. */
  readonly log?: (line: string) => void;
  /** Called when the server ends although nobody stopped it. */
  readonly onCrash?: (error: DevServerFailed) => void;
  /** The `temporal` program. @default found by `locateServer` */
  readonly path?: string;
  /** Milliseconds until the started server must be ready. @default 30_000 */
  readonly deadlineMs?: number;
}

export interface DevServer {
  /** `127.0.0.1:port`, the same across restarts. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  /** Undefined while it is stopped, and for a server that was not started here. */
  readonly pid: number | undefined;
  /** SIGTERM, and SIGKILL after 10 s. Does nothing when it is stopped already. */
  stop(): Promise<void>;
  /** SIGKILL: the server as it is lost. */
  kill(): Promise<void>;
  /** Stops it if it runs, starts it on the same ports and waits until it is ready. Needs `dbFile`. */
  restart(): Promise<void>;
}

export class DevServerFailed extends Error {
  override readonly name = 'DevServerFailed';
}

const READY_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
/** A port found free may be taken by another process before the server binds it. */
const PORT_TRIES = 3;

/** Starts a dev server, or with `address` checks that the one there is ready. */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const namespace = options.namespace ?? 'default';
  const deadlineMs = options.deadlineMs ?? READY_DEADLINE_MS;
  const searchAttributes = Object.keys(options.searchAttributes ?? {});
  if (options.address !== undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    await waitUntilReady({ address: options.address, namespace, searchAttributes, deadlineMs });
    return {
      address: options.address,
      namespace,
      pid: undefined,
      stop: nothing,
      kill: nothing,
      restart: nothing,
    };
  }
  const { path } = await locateServer('temporal', options.path === undefined ? {} : { path: options.path });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const uiPort = options.ui === true ? (options.uiPort ?? (await freePort())) : undefined;
    const server = new SpawnedDevServer({ ...options, path, namespace, port, uiPort, deadlineMs });
    try {
      await server.start();
      return server;
    } catch (error) {
      const portIsOurs = options.port === undefined && options.uiPort === undefined;
      const taken = error instanceof DevServerFailed && /address already in use/i.test(error.message);
      if (!portIsOurs || !taken || attempt === PORT_TRIES) throw error;
    }
  }
}

interface Resolved extends Omit<DevServerOptions, 'uiPort'> {
  readonly path: string;
  readonly namespace: string;
  readonly port: number;
  readonly uiPort: number | undefined;
  readonly deadlineMs: number;
}

class SpawnedDevServer implements DevServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  readonly #options: Resolved;
  #process: ServerProcess | undefined;

  constructor(options: Resolved) {
    this.#options = options;
    this.address = `127.0.0.1:${options.port}`;
    this.namespace = options.namespace;
    if (options.uiPort !== undefined) this.uiUrl = `http://127.0.0.1:${options.uiPort}`;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    const { path, deadlineMs, log } = this.#options;
    const server = startProcess(path, startArguments(this.#options), withoutTemporalVariables(), log);
    this.#process = server;
    try {
      await waitUntilReady({
        address: this.address,
        namespace: this.namespace,
        searchAttributes: Object.keys(this.#options.searchAttributes ?? {}),
        deadlineMs,
        gone: server.hasEnded,
      });
    } catch (error) {
      await this.kill();
      throw this.#failure(error instanceof Error ? error.message : String(error), server);
    }
    void server.ended.then((how) => {
      if (this.#process !== server) return;
      this.#process = undefined;
      this.#options.onCrash?.(this.#failure(`the server ended by itself (${how})`, server));
    });
  }

  async stop(): Promise<void> {
    const server = this.#release();
    if (server === undefined) return;
    const timer = setTimeout(() => server.signal('SIGKILL'), STOP_DEADLINE_MS);
    server.signal('SIGTERM');
    await server.ended;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    const server = this.#release();
    server?.signal('SIGKILL');
    await server?.ended;
  }

  async restart(): Promise<void> {
    if (this.#options.dbFile === undefined) {
      throw new DevServerFailed(
        'restart() would lose every workflow: the state is in memory. Start it with dbFile.',
      );
    }
    await this.stop();
    await this.start();
  }

  /** Forgets the process first, so that its end is not taken for a crash. */
  #release(): ServerProcess | undefined {
    const server = this.#process;
    this.#process = undefined;
    return server;
  }

  #failure(what: string, server: ServerProcess): DevServerFailed {
    const said = server.lastLines();
    return new DevServerFailed(
      `Temporal dev server (${this.#options.path}): ${what}.${said === '' ? '' : ` It printed last:\n${said}`}`,
    );
  }
}

function startArguments(options: Resolved): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)];
  args.push('--namespace', options.namespace, '--log-level', 'warn');
  if (options.uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(options.uiPort), '--ui-disable-news-fetch');
  if (options.dbFile !== undefined) args.push('--db-filename', options.dbFile);
  for (const [name, type] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  // A laptop's server asks nobody for its newest version.
  args.push('--dynamic-config-value', 'frontend.enableServerVersionCheck=false');
  return [...args, ...(options.extraArgs ?? [])];
}

/** The CLI reads `TEMPORAL_*` too; what points our client at a server must not reconfigure this one. */
function withoutTemporalVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
