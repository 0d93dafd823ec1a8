/**
 * From bytes to a batch: the request that makes a job, and the lines of an input file. Outcomes: the
 * batch, or the 400 that Google's JSON parser gives. Whether each request makes sense is found when its
 * turn comes; only a line that is no request at all spoils the job.
 */
import { invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { BatchItem } from '../batches/batch-job.ts';
import { BATCH_FIELDS, normalise } from './fields.ts';
import { parseJson, unknownFields } from './read.ts';

export interface AskedBatch {
  readonly displayName: string;
  readonly input:
    | { readonly kind: 'file'; readonly uri: string }
    | { readonly kind: 'inline'; readonly items: readonly BatchItem[] };
}

export function readBatch(body: Buffer): AskedBatch | { readonly answer: Answer } {
  const json = parseJson(body);
  if (json.kind === 'refused') return json;
  const { value, unknown } = normalise(json.value, BATCH_FIELDS);
  if (unknown.length > 0) return { answer: unknownFields(unknown) };
  const { displayName, inputConfig } = recordOf(recordOf(value)['batch']);
  if (typeof displayName !== 'string' || displayName === '') {
    return missing('batch.display_name: display_name is not specified');
  }
  const { fileName, requests } = recordOf(inputConfig);
  const inlined = recordOf(requests)['requests'];
  if (typeof fileName === 'string' && inlined === undefined) {
    return { displayName, input: { kind: 'file', uri: fileName } };
  }
  if (!Array.isArray(inlined) || inlined.length === 0 || fileName !== undefined) {
    return missing("batch.input_config: required oneof field 'source' must have one initialized field");
  }
  const items = inlined.map((one: unknown, at): BatchItem => {
    const { request, metadata } = recordOf(one);
    const key = recordOf(metadata)['key'];
    return {
      line: at + 1,
      ...(typeof key === 'string' ? { key } : {}),
      ...(metadata === undefined ? {} : { metadata }),
      request: Buffer.from(JSON.stringify(request ?? {})),
    };
  });
  return { displayName, input: { kind: 'inline', items } };
}

/** The requests of an input file, or what is wrong with it. */
export function readBatchFile(bytes: Buffer): {
  readonly items: readonly BatchItem[];
  readonly problem?: string;
} {
  const items: BatchItem[] = [];
  let line = 0;
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf('\n', from);
    const text = bytes.subarray(from, end === -1 ? bytes.length : end).toString('utf8');
    from = end === -1 ? bytes.length : end + 1;
    line += 1;
    if (text.trim() === '') continue;
    const { key, request } = recordOf(parsed(text));
    if (typeof request !== 'object' || request === null) {
      return { items, problem: `Line ${line} of the input file is not a valid request.` };
    }
    const body = Buffer.from(JSON.stringify(request));
    items.push({ line, ...(typeof key === 'string' ? { key } : {}), request: body });
  }
  return items.length > 0 ? { items } : { items, problem: 'The input file has no requests.' };
}

function missing(what: string): { readonly answer: Answer } {
  return { answer: invalidArgument(`* BatchGenerateContentRequest.${what}\n`) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
