/** `console` as its users start it: refused where it would be open to others, and gone when it is told to stop. */
import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { answers } from '../../src/dev/ports.ts';
import { sharedDevServer } from '../support/servers.ts';
import { run, start } from './program.ts';

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
