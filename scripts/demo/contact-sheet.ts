/**
 * The contact sheet: `index.html` with every image, its trail and its cost, how prompts were changed and
 * what people decided; beside it the images in full and as previews. Everything comes from the audit and
 * the store.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { Picture } from '../../src/cli/html/contact-sheet.ts';
import { SHEET_FOOT, sheetHead } from '../../src/cli/html/contact-sheet.ts';
import type { Audit } from './audit.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import type { AuditTotals } from './audit-totals.ts';
import { card } from './card.ts';
import { promptChangeHtml } from './prompt-change.ts';
import type { Cast } from './scenario.ts';

const PREVIEW_PIXELS = 720;

export interface ContactSheetFacts {
  readonly out: string;
  readonly store: ArtifactStore;
  readonly audit: Audit;
  readonly cast: Cast;
  /** For the page's subtitle: `waits ÷ 20`. */
  readonly scale: string;
}

/** Returns the path of the page. */
export async function writeContactSheet({
  out,
  store,
  audit,
  cast,
  scale,
}: ContactSheetFacts): Promise<string> {
  await mkdir(join(out, 'images'), { recursive: true });
  const cards: string[] = [];
  for (const generation of audit.generations) {
    const scenario = cast.get(generation.id);
    const name = scenario?.key ?? generation.id.replaceAll(/[^\w-]/g, '_');
    const { promptChange: change } = generation;
    const picture = await writePicture(out, store, generation, name);
    const promptChange = change === undefined ? '' : await promptChangeHtml(store, change);
    cards.push(card({ generation, scenario, picture, promptChange }));
  }
  const page = join(out, 'index.html');
  await writeFile(page, html(audit.totals, cards, scale));
  return page;
}

async function writePicture(
  out: string,
  store: ArtifactStore,
  { images }: AuditedGeneration,
  name: string,
): Promise<Picture | undefined> {
  const [image] = images;
  if (image === undefined) return undefined;
  const bytes = await store.get(image.sha256);
  const full = `images/${name}.${image.mime === 'image/png' ? 'png' : 'jpg'}`;
  const preview = `images/${name}.preview.webp`;
  await writeFile(join(out, full), bytes);
  await sharp(bytes).resize(PREVIEW_PIXELS).webp({ quality: 82 }).toFile(join(out, preview));
  return { full, preview, width: image.width, height: image.height };
}

function html(totals: AuditTotals, cards: readonly string[], scale: string): string {
  const figures: readonly (readonly [string, number])[] = [
    ['generations', totals.generations],
    ['delivered', totals.done],
    ['dead letters', totals.dead],
    ...(totals.waiting === 0 ? [] : [['waiting', totals.waiting] as const]),
    ['images', totals.images],
    ['rewritten', totals.rewritten],
    ['approved', totals.approved],
    ['by a grant', totals.granted],
    ['rejected', totals.rejected],
    ['revived', totals.revived],
    ['possibly paid', totals.possiblyPaid],
    ['lost', totals.lost],
    ['paid twice', totals.paidTwice],
  ];
  const head = sheetHead({
    title: 'Contact sheet',
    words: `Every generation of the demo, with the trail of branches that led to its image. What ordered the trouble is left out of the prompts. Pictures by the emulator; ${scale}.`,
    figures,
  });
  return `${head}${cards.join('')}${SHEET_FOOT}`;
}
