/** Film grain as one small tile: without it the files would be a tenth of a real photo's size. */
import { randomStream } from '../random.ts';

const SIDE = 256;

/** Opacity of the grain: PNG cannot compress noise, JPEG must not compress too well. */
const STRENGTH = { fine: 0.035, rough: 0.24 } as const;

export interface Grain {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 4 };
}

const made = new Map<string, Grain>();

export function grainTile(kind: keyof typeof STRENGTH): Grain {
  const known = made.get(kind);
  if (known) return known;
  const random = randomStream('grain', kind);
  const data = Buffer.alloc(SIDE * SIDE * 4);
  for (let at = 0; at < data.length; at += 4) {
    const noise = random() * 2 - 1;
    data.fill(noise > 0 ? 255 : 0, at, at + 3);
    data[at + 3] = Math.round(Math.abs(noise) * 255 * STRENGTH[kind] * 0.5);
  }
  const grain: Grain = { data, raw: { width: SIDE, height: SIDE, channels: 4 } };
  made.set(kind, grain);
  return grain;
}
