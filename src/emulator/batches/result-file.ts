/** The result file of a job, one line for each request, and the ways in which it can be less than that. */
import type { BatchJob } from './batch-job.ts';

const HUGE_BYTES = 80 * 1024 * 1024;

export function resultFile({ items, results, fault }: BatchJob): Buffer {
  const lines = results.map((result, at) => {
    const key = items[at]?.key;
    return Buffer.from(JSON.stringify({ ...(key === undefined ? {} : { key }), ...result }));
  });
  const end = Buffer.from('\n');
  return Buffer.concat(faulted(lines, fault).flatMap((line) => [line, end]));
}

function faulted(lines: readonly Buffer[], fault: BatchJob['fault']): readonly Buffer[] {
  const [first, ...rest] = lines;
  if (first === undefined) return lines;
  switch (fault) {
    case 'repeat':
      return [...lines, first];
    case 'omit':
      return rest;
    case 'reorder':
      return lines.toReversed();
    case 'break':
      return [first.subarray(0, Math.floor(first.length / 2)), ...rest];
    case 'swell':
      return [Buffer.concat([first.subarray(0, -1), padding(first.length), Buffer.from('"}')]), ...rest];
    case 'fail':
    case 'hang':
    case 'expire':
    case undefined:
      return lines;
  }
}

function padding(length: number): Buffer {
  const start = Buffer.from(',"padding":"');
  return Buffer.concat([start, Buffer.alloc(Math.max(0, HUGE_BYTES - length), 'A')]);
}
