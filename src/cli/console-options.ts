/** How `console` is reached, and how its people prove who they are. */
import type { Command } from 'commander';
import type { ConsoleOptions } from '../console/server.ts';
import type { TrustOptions } from '../console/trust/set-up.ts';
import { setting } from './environment.ts';
import { collect, port } from './option-values.ts';
import { UsageError } from './usage-error.ts';

export interface ConsoleArguments {
  readonly port?: number;
  readonly host?: string;
  readonly tokenEnv?: string;
  readonly readerTokenEnv?: string;
  readonly trustedHeader?: string;
  readonly trustedProxy?: readonly string[];
  readonly roleHeader?: string;
  readonly readOnly?: boolean;
  readonly url?: string;
  readonly temporalUi?: string;
}

export function withConsoleOptions(command: Command): Command {
  return command
    .option('--port <number>', 'port, 0 for any free one (8480)', port)
    .option('--host <address>', 'address to listen on (127.0.0.1); another one needs one of the next two')
    .option(
      '--token-env <name>',
      'the token in this environment variable opens it (GEMINI_IMAGES_CONSOLE_TOKEN, where it is set)',
    )
    .option('--reader-token-env <name>', 'a second token, in this variable: it reads and decides nothing')
    .option('--trusted-header <name>', 'a proxy has authenticated people, and names them in this header')
    .option(
      '--trusted-proxy <address>',
      'with --trusted-header: believed from this address or range (loopback); may be given again',
      collect,
    )
    .option('--role-header <name>', 'with --trusted-header: only its value `operator` may decide')
    .option('--read-only', 'nobody decides anything here')
    .option('--url <url>', 'where people open it, if that is elsewhere: https://console.example.com')
    .option('--temporal-ui <url>', "Temporal's UI, for links: http://127.0.0.1:8233");
}

/** Throws {@link UsageError}. The values of variables are never repeated (I7). */
export function consoleOptions(
  given: ConsoleArguments,
  env: NodeJS.ProcessEnv = process.env,
): Omit<ConsoleOptions, 'images'> {
  const { port: number, host, readOnly = false, url, temporalUi } = given;
  return {
    trust: trustOf(given, env),
    readOnly,
    ...(number === undefined ? {} : { port: number }),
    ...(host === undefined ? {} : { host }),
    ...(url === undefined ? {} : { url }),
    ...(temporalUi === undefined ? {} : { temporalUi }),
  };
}

function trustOf(given: ConsoleArguments, env: NodeJS.ProcessEnv): TrustOptions {
  const { tokenEnv, readerTokenEnv, trustedHeader, trustedProxy, roleHeader } = given;
  if (tokenEnv !== undefined && trustedHeader !== undefined) {
    throw new UsageError('give --token-env or --trusted-header, not both');
  }
  if (trustedHeader === undefined && (trustedProxy !== undefined || roleHeader !== undefined)) {
    throw new UsageError('--trusted-proxy and --role-header go with --trusted-header');
  }
  if (trustedHeader !== undefined) {
    return {
      kind: 'header',
      header: trustedHeader,
      ...(trustedProxy === undefined ? {} : { proxies: trustedProxy }),
      ...(roleHeader === undefined ? {} : { roleHeader }),
    };
  }
  const token = tokenEnv === undefined ? setting('GEMINI_IMAGES_CONSOLE_TOKEN', env) : tokenIn(tokenEnv, env);
  if (token === undefined) {
    if (readerTokenEnv !== undefined) throw new UsageError('--reader-token-env goes with --token-env');
    return { kind: 'open' };
  }
  const readerToken =
    readerTokenEnv === undefined
      ? setting('GEMINI_IMAGES_CONSOLE_READER_TOKEN', env)
      : tokenIn(readerTokenEnv, env);
  return { kind: 'token', token, ...(readerToken === undefined ? {} : { readerToken }) };
}

function tokenIn(name: string, env: NodeJS.ProcessEnv): string {
  const token = env[name];
  if (token === undefined || token === '') {
    throw new UsageError(`the environment variable ${name} is not set: put the token there`);
  }
  return token;
}
