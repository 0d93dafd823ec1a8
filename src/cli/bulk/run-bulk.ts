/** A bulk from the prompts file to the contact sheet; begun again it goes on where it was. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BulkItem } from '../../client/bulk-item.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import { isLost } from '../filmstrip/lost.ts';
import type { ImagesClient } from '../images-client.ts';
import { onStopSignal } from '../stop-signal.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { BadLines } from './bad-lines.ts';
import type { Folder } from './folder.ts';
import { keepResult } from './keep-result.ts';
import { BulkProgressLine } from './progress.ts';
import type { BulkSight } from './progress.ts';
import type { PromptLine } from './prompt-line.ts';
import { problemWords } from './prompt-line.ts';
import { PromptSource } from './prompt-source.ts';
import { revivedSince } from './revived-since.ts';
import { writeSheet } from './sheet.ts';
import type { BulkSummary } from './summary.ts';

export interface BulkRun extends ImagesClient {
  readonly folder: Folder;
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** Of lines that do not say otherwise. */
  readonly defaults: object;
  readonly catalogue: Catalogue;
  readonly inFlight: number;
  readonly variants: number;
  readonly maxCostUsd?: number;
}

const INVALID_FILE = 'invalid.jsonl';

export async function runBulk(run: BulkRun): Promise<BulkSummary> {
  const { images, store, folder, file, inFlight, variants, maxCostUsd } = run;
  const { results } = folder;
  const size = await sizeOf(file);
  const begun = Date.now();
  const revived = await revivedSince(store, results);
  const isKept = (key: string): boolean => results.digestOf(key) !== undefined && !revived.has(key);
  const before = { delivered: results.delivered, failed: results.failed - revived.size, cost: results.cost };
  const over = new AbortController();
  const stop = onStopSignal(() => process.exit(EXIT.interrupted));
  void stop.asked.then(() => over.abort());
  const bad = await BadLines.open(join(folder.path, INVALID_FILE), (text) => progress.say(text));
  const source = new PromptSource({
    chunks: file === '-' ? process.stdin : createReadStream(file),
    defaults: run.defaults,
    catalogue: run.catalogue,
    onBad: (line) => bad.add(line),
    endedDigest: (key) => results.digestOf(key),
  });
  const bulk = images.submit<PromptLine>(source, {
    ...{ id: folder.id, inFlight, variants, signal: over.signal },
    spentUsd: before.cost.sureUsd + before.cost.possibleUsd,
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    skips: isKept,
  });
  const look = (): BulkSight => {
    const total = expected(source, size, variants);
    const { progress: now } = bulk;
    return {
      ...now,
      delivered: before.delivered + now.delivered,
      failed: before.failed + now.failed,
      cost: {
        sureUsd: before.cost.sureUsd + now.cost.sureUsd,
        possibleUsd: before.cost.possibleUsd + now.cost.possibleUsd,
      },
      ...{ bad: bad.count, endedNow: now.delivered + now.failed, elapsedMs: Date.now() - begun },
      ...(total === undefined ? {} : { expected: total }),
    };
  };
  const progress = new BulkProgressLine(look);
  const running: { key: string; id: string }[] = [];
  let unsaved = 0;
  let beyondBudget = 0;

  const take = async (item: BulkItem<PromptLine>): Promise<void> => {
    const { key, line, generationId: id = '', outcome } = item;
    const keeping = { images, store, folder, signal: over.signal };
    switch (outcome.kind) {
      case 'result':
        return await keepResult(keeping, item, outcome.result);
      case 'failure':
        return await keepResult(keeping, item, outcome.failure);
      case 'invalid': {
        const { error } = outcome;
        const why = error.name === 'InvalidRequest' ? problemWords(error) : CONFLICT;
        return await bad.add({ n: line.n, key, why });
      }
      case 'running':
        running.push({ key, id });
        return;
      case 'not-started':
        if (outcome.why === 'budget') beyondBudget += 1;
        return;
    }
  };

  try {
    for await (const item of bulk) {
      try {
        await take(item);
      } catch (error) {
        if (!isLost(error)) throw error;
        unsaved += 1;
        progress.say(`${item.key}: ${error.message}`);
      }
    }
  } finally {
    progress.end();
    stop.release();
    await bad.close();
  }
  const { delivered, failed, branches, cost } = results;
  return {
    ...{ id: folder.id, out: folder.path, sheet: await writeSheet(folder) },
    ...{ delivered, failed, branches, cost, unsaved, running },
    ...{ invalid: bad.count, invalidFile: bad.path },
    ...{ notStarted: bulk.progress.notStarted, beyondBudget },
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    interrupted: over.signal.aborted,
  };
}

const CONFLICT = 'has the id of another request that was started before: give it another id';

/** Undefined for what is no file of a known length. */
async function sizeOf(file: string): Promise<number | undefined> {
  if (file === '-') return undefined;
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw new UsageError(`FILE: ${file} is a directory`);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `FILE: cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
    );
  }
}

/** Of the whole file at the length that its lines have had so far. */
function expected(source: PromptSource, size: number | undefined, variants: number): number | undefined {
  const { taken, bytes, isExhausted } = source;
  if (isExhausted) return taken * variants;
  return size === undefined || bytes === 0 || taken === 0
    ? undefined
    : Math.round((taken * size) / bytes) * variants;
}
