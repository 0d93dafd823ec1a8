/** Puts what ended into the directory: images and previews first, then the line that says that they are there. */
import { join, relative } from 'node:path';
import { GenerationFailed } from '../../client/errors.ts';
import type { BulkItem } from '../../client/bulk-item.ts';
import { outlive } from '../../client/outlive.ts';
import type { GenerationResult } from '../../contract/generation.ts';
import type { ImagesClient } from '../images-client.ts';
import { saveImages } from '../save-images.ts';
import type { Folder } from './folder.ts';
import { IMAGE_FOLDER } from './folder.ts';
import { writePreview } from './preview.ts';
import { revivalsOf } from './revived-since.ts';
import type { PromptLine } from './prompt-line.ts';
import type { ResultImage, ResultLine } from './results-file.ts';

const SHOWN_PROMPT = 200;

export interface Keeping extends ImagesClient {
  readonly folder: Folder;
  readonly signal: AbortSignal;
}

/** Throws what the store throws where it has lost an image, and CommandFailed where the directory takes none. */
export async function keepResult(
  keeping: Keeping,
  { key, line, generationId = '' }: BulkItem<PromptLine>,
  ended: GenerationResult | GenerationFailed,
): Promise<void> {
  const { prompt, hidePrompt } = line.request;
  const told = {
    key,
    line: line.n,
    id: generationId,
    digest: line.digest,
    ...(hidePrompt === true ? {} : { prompt: [...prompt].slice(0, SHOWN_PROMPT).join('') }),
    endedAt: new Date().toISOString(),
  };
  const result: ResultLine =
    ended instanceof GenerationFailed
      ? {
          ...told,
          outcome: 'failed',
          images: [],
          ...failed(ended),
          revivals: await revivals(keeping, generationId),
        }
      : {
          ...{ ...told, outcome: 'delivered', images: await save(keeping, key, ended) },
          ...{ model: ended.model, attempts: ended.trail.length, cost: ended.cost },
        };
  await keeping.folder.results.append(result);
}

async function revivals({ store, signal }: Keeping, id: string): Promise<number> {
  return await outlive(() => revivalsOf(store, id), { signal });
}

function failed({
  branch,
  reason,
  owner,
  userAction,
  classification,
  failure,
}: GenerationFailed): Pick<ResultLine, 'verdict' | 'attempts' | 'cost'> {
  const { message } = classification;
  return {
    verdict: { branch, reason, owner, userAction, message },
    attempts: failure.trail.length,
    cost: failure.cost,
  };
}

async function save(
  { images, folder, signal }: Keeping,
  key: string,
  { images: refs }: GenerationResult,
): Promise<readonly ResultImage[]> {
  const directory = join(folder.path, IMAGE_FOLDER);
  const files = await outlive(() => saveImages(images, refs, { directory, title: key }), { signal });
  const saved: ResultImage[] = [];
  for (const [i, { sha256, mime, width, height }] of refs.entries()) {
    const file = files[i] as string;
    const preview = await writePreview(folder.path, file);
    saved.push({
      file: relative(folder.path, file).replaceAll('\\', '/'),
      ...(preview === undefined ? {} : { preview }),
      ...{ sha256, mime, width, height },
    });
  }
  return saved;
}
