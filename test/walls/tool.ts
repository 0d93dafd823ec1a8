/** Runs the real tools on fixtures, and reads what each fixture says it must fail with. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../support/root.ts';

export const FIXTURES = join(ROOT, 'test/walls/fixtures');

/** What a tool of `node_modules` prints on standard output, whether or not it is content. */
export function tool(script: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = [join(ROOT, 'node_modules', script), ...args];
    execFile(
      process.execPath,
      command,
      { cwd, maxBuffer: 1 << 26, timeout: 100_000 },
      (error, stdout, stderr) => {
        if (error !== null && stdout === '') reject(new Error(`${script}: ${stderr || error.message}`));
        else resolve(stdout);
      },
    );
  });
}

export const depcruise = async (cwd: string): Promise<readonly { rule: string; from: string }[]> => {
  const args = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const printed = await tool(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    [...args, 'src', 'workflows', 'activities'],
    cwd,
  );
  const { summary } = JSON.parse(printed) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
};

/** `file: rule` for every `// Must fail: rule, rule` that opens a fixture, sorted. */
export async function promisedFailures(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const promised: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.ts'))) {
    const rules = /^\/\/ Must fail: (.+)/.exec(await readFile(join(folder, name), 'utf8'))?.[1];
    for (const rule of rules?.split(', ') ?? []) promised.push(`${name}: ${rule}`);
  }
  return promised.sort();
}
