/**
 * `/artifacts/<sha256>`: images, as the store has them. Only what is a raster image by its bytes is served:
 * conversations, raw answers and prompts lie in the same store, and are nobody's business here
 * (docs/decisions/0037).
 */
import type { ServerResponse } from 'node:http';
import type { GeminiImages } from '../client/gemini-images.ts';
import { foreignHeaders } from './answer.ts';
import { HEAD_BYTES, imageKind } from './image-kind.ts';
import { bounded } from './part.ts';
import { NotHere } from './told.ts';

/** For the next bytes of the store, or for a browser that takes them. */
const PATIENCE_MS = 15_000;

const NO_IMAGE = 'no image has this address: the console serves PNG, JPEG, GIF, WebP and AVIF';

/** Throws `NotHere` and what the store throws, before anything was sent. */
export async function sendArtifact(
  images: GeminiImages,
  sha256: string,
  response: ServerResponse,
): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new NotHere(NO_IMAGE);
  const stream = await bounded('the artifact store', images.open({ sha256 }), PATIENCE_MS);
  const reader = stream.getReader();
  const next = () => bounded('the artifact store', reader.read(), PATIENCE_MS);
  try {
    let head = new Uint8Array();
    let isOver = false;
    while (!isOver && head.length < HEAD_BYTES) {
      const { done, value } = await next();
      isOver = done;
      if (value !== undefined) head = Buffer.concat([head, value]);
    }
    const kind = imageKind(head);
    if (kind === undefined) throw new NotHere(NO_IMAGE);
    const fileName = `${sha256.slice(0, 16)}.${kind.extension}`;
    response.writeHead(200, foreignHeaders({ mime: kind.mime, fileName }));
    await write(response, head);
    while (!isOver) {
      const { done, value } = await next();
      isOver = done;
      if (value !== undefined) await write(response, value);
    }
    response.end();
  } catch (error) {
    // Half an image must not look like a whole one: the connection breaks off.
    if (response.headersSent) response.destroy();
    else throw error;
  } finally {
    // The browser may have left: nothing is read for nobody.
    await reader.cancel().catch(() => undefined);
  }
}

async function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (response.destroyed) throw new Error('the browser has left');
  if (response.write(bytes)) return;
  await bounded(
    'the browser',
    new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    }),
    PATIENCE_MS,
  );
}
