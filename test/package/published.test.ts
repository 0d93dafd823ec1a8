/** What a user installs: its content, its entries by package name, its types, its workflows in a bundle. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { ROOT } from '../support/root.ts';
import type { Published } from './published.ts';
import { command, publish } from './published.ts';

let published: Published;
beforeAll(async () => {
  published = await publish();
}, 300_000);
afterAll(async () => {
  await published?.remove();
});

const ENTRIES = ['.', './worker', './workflows', './diagnose', './testing', './emulator'];
/** One name that each entry promises. */
const PROMISED: Readonly<Record<string, string>> = {
  '.': 'GeminiImages',
  './worker': 'GeminiImagesPlugin',
  './workflows': 'generateImages',
  './diagnose': 'classify',
  './emulator': 'startEmulator',
};

const specifier = (entry: string): string => published.manifest.name + entry.slice(1);

describe('content', () => {
  it('has the code and the types of every entry, and the command', () => {
    expect(Object.keys(published.manifest.exports)).toEqual([...ENTRIES, './package.json']);
    for (const entry of Object.values(published.manifest.exports)) {
      const paths = typeof entry === 'string' ? [entry] : [entry.types, entry.default];
      for (const path of paths) expect(published.files).toContain(path.replace('./', ''));
    }
    for (const path of Object.values(published.manifest.bin)) expect(published.files).toContain(path);
  });

  it('has licence, readme and changelog, and neither tests nor sources nor build state', () => {
    const outside = published.files.filter((path) => !path.startsWith('dist/'));
    expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    expect(published.files.filter((path) => /^dist\/(src|workflows|activities)\//.test(path)).length).toBe(
      published.files.length - outside.length,
    );
    expect(published.files.filter((path) => /\.tsbuildinfo$|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });
});

describe('entries', () => {
  it.each(ENTRIES)('%s can be imported by name with nothing but the declared dependencies', async (entry) => {
    const names = await published.run(
      `console.log(Object.keys(await import(${JSON.stringify(specifier(entry))})).join());`,
    );
    expect(names.trim().length).toBeGreaterThan(0);
    expect(names.trim().split(',')).toEqual(expect.arrayContaining([PROMISED[entry] ?? expect.any(String)]));
  });

  it('an S3 store says which optional package it needs', async () => {
    const words = await published.run(`
      // Where a stray package is found all the same, it must not look for credentials on the network.
      process.env.AWS_EC2_METADATA_DISABLED = 'true';
      const { openStore } = await import(${JSON.stringify(specifier('.'))});
      await openStore('s3://images/x?region=eu-central-1').checkWritable().catch((e) => console.log(e.message));
    `);
    expect(words).toMatch(
      /@aws-sdk\/client-s3 is not installed\) — operator: npm install @aws-sdk\/client-s3/,
    );
  });

  it.each(['.', './diagnose'])('%s loads no native module', async (entry) => {
    const loaded = await published.run(`
      await import(${JSON.stringify(specifier(entry))});
      process.report.excludeNetwork = true;
      const objects = process.report.getReport().sharedObjects;
      console.log(JSON.stringify(objects.filter((path) => path.endsWith('.node'))));
    `);
    expect(JSON.parse(loaded)).toEqual([]);
  });

  it('the check for native modules sees one when it is loaded', async () => {
    const loaded = await published.run(`
      await import('@temporalio/worker');
      process.report.excludeNetwork = true;
      const objects = process.report.getReport().sharedObjects;
      console.log(JSON.stringify(objects.filter((path) => path.endsWith('.node'))));
    `);
    expect(JSON.parse(loaded)).not.toEqual([]);
  });

  it('./diagnose loads no Temporal code', async () => {
    const loaded = await published.run(`
      import { createRequire } from 'node:module';
      await import(${JSON.stringify(specifier('./diagnose'))});
      const cache = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify(cache.filter((path) => path.includes('temporalio'))));
    `);
    expect(JSON.parse(loaded)).toEqual([]);
  });

  it('the command runs', async () => {
    const [bin = ''] = Object.values(published.manifest.bin);
    const main = join('node_modules', published.manifest.name, bin);
    expect(await command(process.execPath, [main, '--help'], published.consumer)).toContain(
      'Usage: gemini-images',
    );
  });

  it('the emulator of the package draws a picture', async () => {
    const printed = await published.run(`
      import { startEmulator } from ${JSON.stringify(specifier('./emulator'))};
      const emulator = await startEmulator({});
      const path = '/v1beta/models/gemini-3-pro-image:generateContent';
      const answer = await fetch(emulator.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': 'any' },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'a lighthouse' }] }] }),
      });
      const { candidates } = await answer.json();
      console.log(candidates[0].content.parts.some((part) => part.inlineData?.data.length > 1000));
      await emulator.close();
    `);
    expect(printed.trim()).toBe('true');
  });
});

describe('for a TypeScript user', () => {
  it('every entry has types: what is promised is not `any`, and nothing is missing', async () => {
    const imports = Object.entries(PROMISED).map(
      ([entry, name], index) => `import { ${name} as promised${index} } from '${specifier(entry)}';`,
    );
    const checks = imports.map(
      (_, index) => `export const typed${index}: IsAny<typeof promised${index}> = false;`,
    );
    const isAny = 'type IsAny<T> = 0 extends 1 & T ? true : false;';
    await writeFile(join(published.consumer, 'types.ts'), [...imports, isAny, ...checks].join('\n'));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'NodeNext', '--target', 'ES2022'];
    const printed = await command(
      process.execPath,
      [tsc, ...options, '--types', 'node', 'types.ts'],
      published.consumer,
    );
    expect(printed).toBe('');
  });

  it('a workflows file that re-exports ours bundles, with our workflows in it', async () => {
    const workflowsPath = join(published.consumer, 'workflows.ts');
    await writeFile(workflowsPath, `export * from '${specifier('./workflows')}';\n`);
    const quiet = (): void => undefined;
    const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    for (const type of Object.values(WORKFLOW_TYPES)) expect(code).toContain(type);
  });
});
