/**
 * What a running or ended generation answers to queries, as a worker encodes it: each answer counts
 * against the same 16 KiB as an activity's result (I1). Without a worker there is no answer to measure.
 */
import type { Client } from '@temporalio/client';
import type { GenerationView } from '../../src/contract/generation.ts';
import { QUERIES } from '../../src/contract/names.ts';
import type { Decode } from './audit-history.ts';

/** The details that the Temporal UI shows are an answer too. */
const ASKED = [QUERIES.describe, '__temporal_workflow_metadata'] as const;
const DEADLINE_MS = 10_000;

export interface QueryAnswers {
  readonly maxBytes: number;
  readonly view?: GenerationView;
}

export async function queryAnswers(
  client: Client,
  decode: Decode,
  workflowId: string,
): Promise<QueryAnswers> {
  let maxBytes = 0;
  let view: GenerationView | undefined;
  for (const queryType of ASKED) {
    const payloads = await answerTo(client, workflowId, queryType);
    for (const { data } of payloads) maxBytes = Math.max(maxBytes, data?.byteLength ?? 0);
    if (queryType === QUERIES.describe) view = (await decode(payloads[0])) as GenerationView | undefined;
  }
  return { maxBytes, ...(view === undefined ? {} : { view }) };
}

async function answerTo(client: Client, workflowId: string, queryType: string) {
  const { namespace } = client.options;
  try {
    const { queryResult } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflowService.queryWorkflow({ namespace, execution: { workflowId }, query: { queryType } }),
    );
    return queryResult?.payloads ?? [];
  } catch {
    return [];
  }
}
