/**
 * Waits until a Temporal server does what its user is about to ask of it: it accepts connections,
 * knows the namespace and lists the search attributes (their registration spreads after the port
 * opens). Resolves, or rejects with `ServerNotReady` at the deadline.
 */
import { Connection } from '@temporalio/client';
import { answers } from './ports.ts';

export class ServerNotReady extends Error {
  override readonly name = 'ServerNotReady';
}

export interface Readiness {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly searchAttributes: readonly string[];
  readonly deadlineMs: number;
  /** Ends the wait early: the server process is gone. */
  readonly gone?: () => boolean;
}

const POLL_MS = 25;
/** One look; short, so that a server that dies meanwhile is noticed soon. */
const LOOK_MS = 1_000;

export async function waitUntilReady(wanted: Readiness): Promise<void> {
  const until = Date.now() + wanted.deadlineMs;
  const colon = wanted.address.lastIndexOf(':');
  const host = wanted.address.slice(0, colon);
  const port = Number(wanted.address.slice(colon + 1));
  let missing = 'it accepts no connection';
  const late = (): boolean => {
    if (wanted.gone?.() === true) throw new ServerNotReady('the server process has ended');
    return Date.now() >= until;
  };

  // Plain TCP first: a gRPC client that meets a closed port backs off for a second.
  while (!late() && !(await answers(host, port))) await pause();
  while (!late()) {
    missing = (await firstMissing(wanted, until)) ?? '';
    if (missing === '') return;
    await pause();
  }
  throw new ServerNotReady(
    `Temporal at ${wanted.address} is not ready after ${wanted.deadlineMs / 1000} s: ${missing}`,
  );
}

async function firstMissing(wanted: Readiness, until: number): Promise<string | undefined> {
  const left = Math.min(LOOK_MS, Math.max(1, until - Date.now()));
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address: wanted.address, connectTimeout: left });
    const { workflowService, operatorService } = connection;
    return await connection.withDeadline(Date.now() + left, async () => {
      await workflowService.describeNamespace({ namespace: wanted.namespace });
      if (wanted.searchAttributes.length === 0) return undefined;
      const listed = await operatorService.listSearchAttributes({ namespace: wanted.namespace });
      const absent = wanted.searchAttributes.filter((name) => listed.customAttributes[name] === undefined);
      return absent.length === 0 ? undefined : `search attributes ${absent.join(', ')} are not registered`;
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection?.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });
}
