/**
 * Temporal for tests. Logic and long waits run on `timeSkippingEnv`; limits, visibility, search
 * attributes and real time on `devServerEnv`; a test that stops its server starts one of its own
 * with `startDevServer`. Call `teardown()` on what you get.
 */
import { inspect } from 'node:util';
import type {
  ExistingServerTestWorkflowEnvironmentOptions,
  TimeSkippingTestWorkflowEnvironmentOptions,
} from '@temporalio/testing';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { borrow } from './lender.ts';

// Expected failures are the subject of many tests; only what nobody expects is worth a line.
const EXPECTED = /^(?:attempt \d+ failed|dead letter): /;
const logger = new DefaultLogger('ERROR', ({ message, meta }) => {
  if (!EXPECTED.test(message)) process.stderr.write(`${message} ${inspect(meta)}\n`);
});
Runtime.install({ logger });

/** `host:port` of the dev server that all files of this run share, search attributes registered. */
export async function sharedDevServer(): Promise<{ readonly address: string; readonly namespace: string }> {
  return borrow('/dev-server');
}

/** An environment on the shared dev server; use task queues and workflow ids of your own. */
export async function devServerEnv(
  options: Omit<ExistingServerTestWorkflowEnvironmentOptions, 'address' | 'namespace'> = {},
): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({ ...(await sharedDevServer()), ...options });
}

/** A time-skipping server of your own: its time is global, so one per file and its tests in series. */
export async function timeSkippingEnv(
  options: Omit<TimeSkippingTestWorkflowEnvironmentOptions, 'server'> = {},
): Promise<TestWorkflowEnvironment> {
  const { path } = await borrow<{ readonly path: string }>('/time-skipping-program');
  const executable = { type: 'existing-path', path } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ ...options, server: { executable } });
}
