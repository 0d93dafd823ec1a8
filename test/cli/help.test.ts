/** The program explains itself, and a user's mistake gets a sentence instead of a stack trace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-list.ts';
import { ENVIRONMENT } from '../../src/cli/environment.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { ROOT } from '../support/root.ts';
import { onlyJson, run } from './program.ts';

const STACK = /^\s+at .*[:(]/m;

describe('help', () => {
  test('names every command, every environment variable and every exit code', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(EXIT.ok);
    for (const { name, summary } of COMMANDS)
      expect(stdout.replace(/\s+/g, ' ')).toContain(`${name} ${summary}`);
    for (const { name } of ENVIRONMENT) expect(stdout).toContain(`  ${name}  `);
    for (const exit of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^ +${exit}  \\S`, 'm'));
  });

  test.each(COMMANDS.map(({ name }) => name))(
    '%s --help has an example, --json and exit codes',
    async (name) => {
      const { code, stdout, stderr } = await run([name, '--help']);
      expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*gemini-images ${name}`));
      expect(stdout).toContain('--json');
      expect(stdout).toMatch(/Exit codes:\n {4}0 {2}done/);
    },
  );

  test('`help <command>` is `<command> --help`', async () => {
    const [one, other] = await Promise.all([run(['help', 'diagnose']), run(['diagnose', '--help'])]);
    expect(one.code).toBe(EXIT.ok);
    expect(one.stdout).toBe(other.stdout);
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: EXIT.ok, stdout: `${version}\n`, stderr: '' });
  });
});

describe('mistakes', () => {
  test('no command: the help, on standard error, and the code of wrong usage', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain('Commands:');
  });

  test.each([
    [['genrate', 'a fox'], 'Did you mean generate?'],
    [['generate', 'a fox', '--aspect-ration', '1:1'], 'Did you mean --aspect-ratio?'],
    [['diagnose', '--jsno', 'x'], 'Did you mean --json?'],
    [['generate', 'a', 'fox'], 'too many arguments'],
    [['generate', 'a fox', '--when', 'later'], 'Allowed choices are now, quiet'],
    [['worker', '--quiet-hours', '22-06 UTC'], 'from is 22: give a time of day such as 22:00'],
    [['worker', '--quiet-hours', '22:00-06:00'], 'Give days, times and a zone'],
    [['worker', '--quiet-hours', 'sun,moon 22:00-06:00 UTC'], 'days: moon is no day'],
    [['generate'], "missing required argument 'prompt'"],
    [['generate', 'a fox', '--deadline', '10'], 'Give a number with its unit: 500ms, 30s, 10m'],
    [['generate', 'a fox', '--allow-json', '{'], 'It is not JSON'],
    [['generate', 'a fox', '--allow', 'exact', '--allow-json', '{}'], 'cannot be used with'],
    [['emulator', '--port', '70000'], 'Give a port from 1 to 65535'],
    [['dev', '--emulator', '--api-key'], 'give --emulator or --api-key, not both'],
    [['dev', '--api-key'], '--api-key: GEMINI_API_KEY is not set'],
    [['worker'], 'no Gemini API key: set GEMINI_API_KEY'],
  ])('%j: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(STACK);
  });

  test('an invalid request is refused before any server is asked for, each field by its option', async () => {
    const wrong = ['--size', '3K', '--aspect-ratio', 'wide', '--allow', 'all', '--deadline', '90d'];
    const { code, stdout, stderr } = await run(['generate', 'a fox', ...wrong, '--address', '127.0.0.1:1']);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain('--size: must be one of 512, 1K, 2K, 4K (given: "3K")');
    expect(stderr).toContain('--aspect-ratio: must look like 16:9 (given: "wide")');
    expect(stderr).toContain("--allow: must be 'exact', 'available' or an object of permissions");
    expect(stderr).toContain('--deadline: ');
    expect(stderr).not.toMatch(STACK);
  });

  test('an empty prompt from standard input is refused', async () => {
    const { code, stderr } = await run(['generate', '-'], { input: ' \n' });
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('PROMPT: must not be empty');
  });

  test('with --json a mistake is the one JSON object on standard output', async () => {
    const { code, stdout } = await run(['generate', 'a fox', '--size', '3K', '--json']);
    expect(code).toBe(EXIT.usage);
    expect(onlyJson(stdout)).toMatchObject({
      outcome: 'error',
      exitCode: EXIT.usage,
      error: { name: 'InvalidRequest', problems: [{ field: 'size', value: '"3K"' }] },
    });
    const misspelt = await run(['show', '--json', '--evidnce', 'x']);
    expect(onlyJson(misspelt.stdout)).toMatchObject({ exitCode: EXIT.usage, error: { name: 'UsageError' } });
  });

  test('GEMINI_IMAGES_DEBUG shows the stack', async () => {
    const { stderr } = await run(['generate', 'a fox', '--size', '3K'], {
      env: { GEMINI_IMAGES_DEBUG: '1' },
    });
    expect(stderr).toMatch(STACK);
  });
});

describe('keys', () => {
  const KEY = 'AIzaSyD3m0key-0123456789abcdefghijklmno';

  test.each([
    ['typed as an option', ['dev', `--api-key=${KEY}`]],
    ['typed as a command', [KEY]],
    ['pasted into a text', ['diagnose', `403 Your key ${KEY} was reported as leaked`]],
  ])('a key %s is not repeated (I7)', async (_, args) => {
    const { stdout, stderr } = await run(args);
    expect(stdout + stderr).toContain('[redacted]');
    expect(stdout + stderr).not.toContain(KEY);
  });

  test('the configured key is not repeated, whatever it looks like (I7)', async () => {
    const { stdout, stderr } = await run(['diagnose', '401 for my-own-secret'], {
      env: { GEMINI_API_KEY: 'my-own-secret' },
    });
    expect(stdout).toContain('401 for [redacted]');
    expect(stdout + stderr).not.toContain('my-own-secret');
  });
});
