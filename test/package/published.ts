/**
 * The package as a user gets it: packed by npm from a copy of the sources, unpacked into a consumer
 * whose node_modules holds only what the package declares and needs, no optional peers.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/root.ts';

export interface Manifest {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

export interface Published {
  readonly manifest: Manifest;
  /** Paths inside the package, as npm packed them. */
  readonly files: readonly string[];
  /** The consumer's folder; the package is in its node_modules. */
  readonly consumer: string;
  /** Runs a module of the consumer, gives what it printed; rejects with its error output. */
  run(source: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const SOURCES = [
  'src',
  'workflows',
  'activities',
  'scripts',
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const PROJECTS = ['tsconfig.json', 'tsconfig.base.json', 'tsconfig.sandbox.json', 'tsconfig.node.json'];

export function command(file: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, timeout: 200_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

export async function publish(): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'published-'));
  const checkout = join(folder, 'checkout');
  // A copy, so that building the package does not empty the `dist` that somebody else reads.
  for (const name of [...SOURCES, ...PROJECTS])
    await cp(join(ROOT, name), join(checkout, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const printed = await command('npm', ['pack', '--json', '--pack-destination', folder], checkout);
  const [packed] = JSON.parse(printed.slice(printed.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ];

  const consumer = join(folder, 'consumer');
  const manifest = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as Manifest;
  const installed = join(consumer, 'node_modules', manifest.name);
  await mkdir(installed, { recursive: true });
  await command(
    'tar',
    ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components', '1'],
    folder,
  );
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const needed = Object.keys(peerDependencies).filter(
    (name) => peerDependenciesMeta[name]?.optional !== true,
  );
  const declared = [...Object.keys(dependencies), ...needed];
  for (const name of [...declared, '@types/node']) {
    const place = join(consumer, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), place);
  }
  await writeFile(join(consumer, 'package.json'), '{ "type": "module" }\n');
  return {
    manifest,
    files: packed.files.map(({ path }) => path),
    consumer,
    run: async (source, ...args) => {
      await writeFile(join(consumer, 'program.mjs'), source);
      return command(process.execPath, ['program.mjs', ...args], consumer);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
