/** Starts the console: a web server on loopback, or wherever its people can prove who they are. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GeminiImages } from '../client/gemini-images.ts';
import { RELEASE } from './assets.ts';
import { Background } from './background.ts';
import type { ConsoleContext } from './context.ts';
import { Live } from './live.ts';
import { Notices } from './notices.ts';
import { currentVersion } from './page-requests.ts';
import { handle } from './requests.ts';
import { Snapshots } from './snapshots.ts';
import { bareAddress } from './trust/addresses.ts';
import { cookieName } from './trust/session.ts';
import type { TrustOptions } from './trust/set-up.ts';
import { trustSetUp, UnsafeConsole } from './trust/set-up.ts';

export interface ConsoleOptions {
  /** The same store as the workers', for images and evidence. Stays open when the console is closed. */
  readonly images: GeminiImages;
  /** 0: any free one. @default 8480 */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** How people prove who they are. @default `open`: whoever reaches the port, which must be loopback */
  readonly trust?: TrustOptions;
  /** Nobody decides anything here. @default false */
  readonly readOnly?: boolean;
  /** Where people reach it, if that is elsewhere, such as behind a proxy: `https://console.example.com` */
  readonly url?: string;
  /** Temporal's own UI: `http://127.0.0.1:8233` */
  readonly temporalUi?: string;
  /** Between two looks for people who keep a page open, in milliseconds. @default 2000 */
  readonly lookEveryMs?: number;
  /** Lines about what nobody foresaw. @default none */
  readonly log?: (line: string) => void;
}

export interface RunningConsole {
  /** Where people open it. */
  readonly url: string;
  /** That it listens on. */
  readonly port: number;
  /** Ends open streams and connections too. */
  close(): Promise<void>;
}

export const DEFAULT_CONSOLE_PORT = 8480;
const LOOK_EVERY_MS = 2_000;
/** Of a whole request: a prompt over a slow line. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const IDLE_MS = 60_000;
const MOST_CONNECTIONS = 500;

/** Throws {@link UnsafeConsole} that names the option, and the system's error where the port is taken. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { images, host = '127.0.0.1', port = DEFAULT_CONSOLE_PORT, trust = { kind: 'open' } } = options;
  const { readOnly = false, url, log = () => undefined } = options;
  const setUp = trustSetUp({ host, trust, readOnly, ...(url === undefined ? {} : { url }) });
  const temporalUi = uiLinks(options);
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, bareAddress(host), () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  const live = new Live({
    versionOf: (key) => currentVersion(context, key),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
  });
  const context: ConsoleContext = {
    ...{ images, setUp, log, live, release: RELEASE, now: Date.now },
    cookie: cookieName(bound),
    snapshots: new Snapshots(),
    notices: new Notices(),
    background: new Background(),
    ...(temporalUi === undefined ? {} : { temporalUi }),
  };
  server.on('request', (request, response) => {
    void handle(context, request, response);
  });
  return {
    port: bound,
    url: url ?? `http://${host.includes(':') ? `[${bareAddress(host)}]` : host}:${bound}`,
    close: async () => {
      live.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function uiLinks({ temporalUi, images }: ConsoleOptions): ConsoleContext['temporalUi'] {
  if (temporalUi === undefined) return undefined;
  if (!URL.canParse(temporalUi) || !/^https?:/.test(temporalUi)) {
    throw new UnsafeConsole(`--temporal-ui ${temporalUi}: give its address, such as http://127.0.0.1:8233`);
  }
  const base = `${temporalUi.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(images.namespace)}/workflows`;
  return (id, run) =>
    [base, encodeURIComponent(id), ...(run === undefined ? [] : [run, 'history'])].join('/');
}
