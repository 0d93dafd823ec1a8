/** `console` as its users start it: refused where it would be open to others, and gone when it is told to stop. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { DEFAULT_CONSOLE_PORT } from '../../src/console/server.ts';
import { answers, freePort } from '../../src/dev/ports.ts';
import { run as runProgram } from '../../src/dev/run.ts';
import { ROOT } from '../support/root.ts';
import { sharedDevServer } from '../support/servers.ts';
import { DIRECTORY, run, start } from './program.ts';

const TOKEN = 'a-token-of-the-console-0123456789';

test.each([
  [['--host', '0.0.0.0'], '--token-env NAME'],
  [['--token-env', 'NOT_THERE'], 'the environment variable NOT_THERE is not set'],
  [['--token-env', 'SHORT'], 'give at least 16'],
  [['--token-env', 'TOKEN', '--trusted-header', 'X-User'], 'not both'],
  [['--trusted-proxy', '10.0.0.1'], 'go with --trusted-header'],
  [['--reader-token-env', 'TOKEN'], 'goes with --token-env'],
  [['--url', 'console.example.com'], 'https://console.example.com'],
])('%j is refused with the cure, and no token is repeated (I7)', async (args, cure) => {
  const { address, namespace } = await sharedDevServer();
  const { code, stdout, stderr } = await run(
    ['console', '--port', '0', '--address', address, '--namespace', namespace, ...args],
    { env: { TOKEN, SHORT: 'tooshort' } },
  );
  expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  expect(stderr).toContain(cure);
  expect(stderr).not.toMatch(new RegExp(`${TOKEN}|tooshort`));
});

test('it serves until SIGTERM, and ends at once although a page is open', async () => {
  const { address, namespace } = await sharedDevServer();
  const server = ['--address', address, '--namespace', namespace];
  const program = start(['console', '--port', '0', '--json', '--token-env', 'TOKEN', ...server], {
    env: { TOKEN },
  });
  const { url } = await program.event('ready');
  const port = Number(new URL(String(url)).port);
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect((await fetch(String(url), { headers, redirect: 'manual' })).status).toBe(200);
  const stream = await fetch(`${String(url)}/events?page=/`, { headers });
  expect(stream.status).toBe(200);
  program.signal('SIGTERM');
  const { code, stdout } = await program.ended;
  expect(code).toBe(EXIT.ok);
  expect(stdout).toContain('{"event":"stopped"}');
  expect(await answers('127.0.0.1', port)).toBe(false);
  await stream.body?.cancel().catch(() => undefined);
});

test('as docker-compose.yml starts it: refused without a token; with two, healthy, for operators and readers', async () => {
  const { command, environment } = await composed();
  const { address, namespace } = await sharedDevServer();
  const here = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, GEMINI_IMAGES_STORE: DIRECTORY };
  const given = { ...filledIn(environment, {}), ...here };
  const refused = await run(command, { env: given });
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: '' });
  expect(refused.stderr).toContain('GEMINI_IMAGES_CONSOLE_TOKEN');

  const reader = `${TOKEN}-reads`;
  const env = {
    ...filledIn(environment, { CONSOLE_TOKEN: TOKEN, CONSOLE_READER_TOKEN: reader }),
    ...here,
  };
  const port = await freePort();
  // Not on all interfaces of the machine that tests it.
  const program = start([...command, '--host', '127.0.0.1', '--port', String(port), '--json'], { env });
  expect(await program.event('ready')).toMatchObject({ url: `http://127.0.0.1:${DEFAULT_CONSOLE_PORT}` });
  const look = (token: string) =>
    fetch(`http://127.0.0.1:${port}/`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/html' },
    });
  expect((await look(`${TOKEN}x`)).status).toBe(403);
  expect(await (await look(TOKEN)).text()).not.toContain('reads only');
  expect(await (await look(reader)).text()).toContain('reads only');
  const [node = '', ...check] = await healthCheck(port);
  expect(node).toBe('node');
  const healthy = () => runProgram(process.execPath, check, { deadlineMs: 30_000 });
  expect(await healthy()).toMatchObject({ kind: 'exited', code: 0 });
  program.signal('SIGTERM');
  expect((await program.ended).code).toBe(EXIT.ok);
  expect(await healthy()).toMatchObject({ kind: 'exited', code: 1 });
});

interface Composed {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The service `console`, with the defaults of its command. */
async function composed(): Promise<Composed> {
  const file = parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
    readonly services: { readonly console: Composed };
  };
  const { command, environment } = file.services.console;
  return { command: command.map((word) => interpolated(word, {})), environment };
}

function filledIn(
  environment: Composed['environment'],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, interpolated(value, values)]),
  );
}

/** As compose does: `${NAME:-default}`. */
function interpolated(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, other: string) => values[name] ?? other);
}

/** Of the image, against another port. */
async function healthCheck(port: number): Promise<readonly string[]> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const [, check = '[]'] = /AS console\n[^]*?HEALTHCHECK [^[]*CMD (\[.*\])\n/.exec(dockerfile) ?? [];
  return JSON.parse(check.replace(`:${DEFAULT_CONSOLE_PORT}/`, `:${port}/`)) as readonly string[];
}
