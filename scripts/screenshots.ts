/**
 * `npm run -s screenshots`: pictures of the console for the documents, of a running system on a bad day that is staged:
 * docs/images/console-*.png. Needs Chromium (CHROMIUM_PATH, else the one on PATH). On any way out nothing is left running.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startConsole } from '../src/console/server.ts';
import { Stage } from './demo/stage.ts';
import { stageBadDay } from './screenshots/bad-day.ts';
import { takePictures } from './screenshots/pictures.ts';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));

const out = await mkdtemp(join(tmpdir(), 'screenshots-'));
try {
  const stage = await Stage.open(out);
  try {
    await stage.addWorker('a');
    const scenes = await stageBadDay(stage);
    const { uiUrl } = stage.server;
    const console_ = await startConsole({
      ...{ images: stage.images, port: 0 },
      ...(uiUrl === undefined ? {} : { temporalUi: uiUrl }),
    });
    try {
      for (const file of await takePictures(console_.url, scenes, FOLDER)) console.log(file);
    } finally {
      await console_.close();
    }
  } finally {
    await stage.close();
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
