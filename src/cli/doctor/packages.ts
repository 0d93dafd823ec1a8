/**
 * The packages: all of Temporal's SDK in one version and one copy (two copies do not know each other's
 * errors), protobufjs 8 where histories are read (docs/decisions/0008), a Node that runs us.
 */
import { fileURLToPath } from 'node:url';
import type { Finding } from './check.ts';
import type { FoundPackage } from './package-graph.ts';
import { manifestOf, packageRoot, reachablePackages, resolveFrom } from './package-graph.ts';

const TEMPORAL = '@temporalio/';
const PROTOBUF = 'protobufjs';
const PROTOBUF_MAJOR = 8;
/** As package.json's `engines` says. */
const NODE = { major: 22, minor: 18 } as const;

/** @param cwd where the user's own package is looked for */
export async function lookAtPackages(cwd: string, signal: AbortSignal): Promise<Finding> {
  const ours = await packageRoot(fileURLToPath(new URL('.', import.meta.url)));
  const theirs = await packageRoot(cwd);
  const roots = [...new Set([ours, theirs].filter((root) => root !== undefined))];
  const packages = await reachablePackages(roots, signal);
  const hoisted: string[] = [];
  for (const root of roots) {
    const directory = await resolveFrom(root, PROTOBUF);
    hoisted.push((directory && (await manifestOf(directory))?.version) ?? 'none');
  }
  return judgePackages({ packages, hoisted, node: process.versions.node });
}

export interface SeenPackages {
  readonly packages: readonly FoundPackage[];
  /** Version of protobufjs that each root reaches, or `none`. */
  readonly hoisted: readonly string[];
  readonly node: string;
}

export function judgePackages({ packages, hoisted, node }: SeenPackages): Finding {
  const temporal = packages.filter(({ name }) => name.startsWith(TEMPORAL));
  const versions = [...new Set(temporal.map(({ version }) => version))].sort();
  const copies = temporal.filter(({ name }, i) => temporal.findIndex((each) => each.name === name) < i);
  const genai = packages.find(({ name }) => name === '@google/genai')?.version ?? 'none';
  const facts = {
    node,
    temporal: versions,
    genai,
    protobufjs: hoisted,
    copies: copies.map(({ directory }) => directory),
  };
  const troubles: readonly (readonly [boolean, string, string])[] = [
    [!isNewEnough(node), `Node ${node} is too old`, `install Node ${NODE.major}.${NODE.minor} or later`],
    [
      versions.length > 1,
      `the packages of Temporal have several versions: ${spread(temporal)}`,
      'give all @temporalio/* packages one version, then install anew',
    ],
    [
      versions.length === 1 && copies.length > 0,
      `there are two copies of ${copies.map(({ name }) => name).join(', ')}`,
      'remove node_modules and the lock file, then install anew (npm dedupe)',
    ],
    [
      hoisted.some((version) => Number.parseInt(version, 10) < PROTOBUF_MAJOR),
      `protobufjs ${hoisted.join(', ')} is the one that is found first; histories cannot be read with it`,
      `npm install protobufjs@^${PROTOBUF_MAJOR}`,
    ],
  ];
  const met = troubles.filter(([isMet]) => isMet);
  if (met.length > 0) {
    const seen = met.map(([, words]) => words).join('; ');
    return { status: 'failed', seen, cure: met.map(([, , cure]) => cure).join('; '), facts };
  }
  const protobuf = hoisted.find((version) => version !== 'none') ?? 'none at the root';
  const seen = `Node ${node}, @temporalio ${versions.join(', ')} in one copy, @google/genai ${genai}, protobufjs ${protobuf}`;
  return { status: 'ok', seen, facts };
}

function isNewEnough(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return major > NODE.major || (major === NODE.major && minor >= NODE.minor);
}

/** `1.24.0 (client, common), 1.20.1 (worker)` */
function spread(packages: readonly FoundPackage[]): string {
  const byVersion = Map.groupBy(packages, ({ version }) => version);
  return [...byVersion]
    .map(([version, all]) => {
      const names = [...new Set(all.map(({ name }) => name.slice(TEMPORAL.length)))].sort();
      return `${version} (${names.join(', ')})`;
    })
    .join(', ');
}
