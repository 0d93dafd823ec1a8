/** The Temporal server: whether it answers, what it is, and whether it knows our search attributes. */
import type { Client, Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { connectClient } from '../../client/connect.ts';
import { ServerUnreachable } from '../../client/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { durationWords } from '../../words/duration.ts';
import type { Finding } from './check.ts';
import { findingOf, skipped } from './check.ts';

/** gRPC status codes, as the protocol fixes them. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

/** As the protocol numbers them. */
const TYPES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

export interface TemporalSite {
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

export interface Where {
  readonly address?: string;
  readonly namespace?: string;
}

/** The connection for the other checks, or the finding that there is none. */
export async function connectSite(where: Where, deadlineMs: number): Promise<TemporalSite | Finding> {
  try {
    const { client, close } = await connectClient(where, deadlineMs);
    const connection = client.connection as Connection;
    const { namespace } = client.options;
    return { client, connection, address: connection.options.address, namespace, close };
  } catch (error) {
    if (error instanceof ServerUnreachable) return findingOf(error);
    throw error;
  }
}

export async function lookAtServer(site: TemporalSite, deadlineMs: number): Promise<Finding> {
  const { connection, address, namespace } = site;
  try {
    return await connection.withDeadline(Date.now() + deadlineMs, async () => {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      const retention = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
      const version = serverVersion === '' ? 'of unknown version' : String(serverVersion);
      return {
        status: 'ok',
        seen: `Temporal ${version} at ${address}, namespace ${namespace}, keeps closed generations ${durationWords(retention)}`,
        facts: { address, namespace, serverVersion, retentionMs: retention },
      };
    });
  } catch (error) {
    return { ...serverTrouble(error, site), facts: { address, namespace } };
  }
}

function serverTrouble(error: unknown, { address, namespace }: TemporalSite): Finding {
  const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  if (code === NOT_FOUND) {
    const cure = `temporal operator namespace create --namespace ${namespace} --address ${address}, or set TEMPORAL_NAMESPACE`;
    return { status: 'failed', seen: `Temporal at ${address} has no namespace ${namespace}`, cure };
  }
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
    const cure = 'check TEMPORAL_API_KEY or the TLS certificate';
    return { status: 'failed', seen: `Temporal at ${address} refuses us: ${wordsOf(error)}`, cure };
  }
  const cure = `see that the server at ${address} is healthy`;
  return { status: 'failed', seen: `Temporal at ${address} does not answer: ${wordsOf(error)}`, cure };
}

export async function lookAtAttributes(
  { connection, address, namespace }: TemporalSite,
  deadlineMs: number,
): Promise<Finding> {
  let registered: Readonly<Record<string, unknown>>;
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + deadlineMs, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    registered = customAttributes ?? {};
  } catch (error) {
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code !== PERMISSION_DENIED && code !== UNIMPLEMENTED) throw error;
    return skipped('this server does not tell its search attributes; on Temporal Cloud look in its web page');
  }
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  const missing = wanted.filter(([name]) => registered[name] === undefined).map(([name]) => name);
  const wrong = wanted.flatMap(([name, type]) => {
    const there = TYPES[Number(registered[name] ?? -1)];
    return there === undefined || there === type ? [] : [{ name, type, there }];
  });
  const facts = { missing, wrong };
  if (missing.length + wrong.length === 0)
    return { status: 'ok', seen: `all ${wanted.length} search attributes are registered`, facts };
  const told = [
    ...(missing.length === 0 ? [] : [`not registered: ${missing.join(', ')}`]),
    ...wrong.map(({ name, type, there }) => `${name} is ${there}, not ${type}`),
  ];
  const where = ['--namespace', namespace, '--address', address];
  const remove = wrong.map(({ name }) => [
    'temporal operator search-attribute remove --yes',
    ...['--name', name, ...where],
  ]);
  const create = [
    'temporal operator search-attribute create',
    ...[...missing, ...wrong.map(({ name }) => name)].flatMap((name) => [
      `--name ${name} --type ${SEARCH_ATTRIBUTES[name as keyof typeof SEARCH_ATTRIBUTES]}`,
    ]),
    ...where,
  ];
  return {
    // A generation runs without: only the ones that a namespace has are ever set.
    status: 'warning',
    seen: `${told.join('; ')}; generations run, and cannot be searched by these`,
    cure: `${[...remove, create].map((words) => words.join(' ')).join(' && ')}; then restart the workers`,
    facts,
  };
}

export function wordsOf(error: unknown): string {
  if (isGrpcServiceError(error) && error.details !== '') return error.details;
  return error instanceof Error ? error.message : String(error);
}
