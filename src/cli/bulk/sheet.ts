/** The contact sheet of a bulk, `index.html` in its directory: written card by card from the results. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SHEET_FOOT, sheetCard, sheetHead, shownPicture } from '../html/contact-sheet.ts';
import { escape } from '../../words/escape.ts';
import { noPicture } from '../html/no-picture.ts';
import { withoutSecrets } from '../secrets.ts';
import type { Folder } from './folder.ts';
import type { ResultLine } from './results-file.ts';

/** Resolves with its path. */
export async function writeSheet({ path, id, results }: Folder): Promise<string> {
  const page = join(path, 'index.html');
  const partial = `${page}.${process.pid}.partial`;
  async function* html(): AsyncGenerator<string, void, undefined> {
    const { delivered, failed, cost } = results;
    yield sheetHead({
      title: 'Contact sheet',
      words: `Bulk ${id}: how each of its generations ended.`,
      figures: [
        ['delivered', delivered],
        ['dead letters', failed],
        ['USD sure', cost.sureUsd.toFixed(2)],
        ...(cost.possibleUsd === 0 ? [] : [['USD possible', cost.possibleUsd.toFixed(2)] as const]),
      ],
    });
    for await (const line of results.lines()) yield withoutSecrets(cardOf(line));
    yield SHEET_FOOT;
  }
  await pipeline(Readable.from(html()), createWriteStream(partial));
  await rename(partial, page);
  return page;
}

function cardOf({ key, line, prompt, images, verdict, model, attempts, cost }: ResultLine): string {
  const [image] = images;
  return sheetCard({
    title: key,
    under: prompt ?? '',
    picture:
      image !== undefined
        ? shownPicture({ ...image, full: image.file, preview: image.preview ?? image.file }, key)
        : verdict !== undefined
          ? noPicture(verdict)
          : `<div class="none"><strong>${escape('no image')}</strong></div>`,
    story: '',
    facts: [
      `line ${line}`,
      ...(model === undefined ? [] : [model]),
      `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
      `${cost.sureUsd.toFixed(3)} USD`,
      ...(cost.possibleUsd > 0 ? [`${cost.possibleUsd.toFixed(3)} USD possible`] : []),
      ...(images.length > 1 ? [`${images.length} images`] : []),
    ],
  });
}
