/**
 * Seeded chance: every draw is a pure function of its labels, so a run can be repeated whatever the
 * order in which calls arrive.
 */
import { createHash } from 'node:crypto';

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A number in [0, 1), fixed by its labels. */
export function draw(...labels: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(JSON.stringify(labels)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** An endless row of numbers in [0, 1), fixed by its labels; cheap enough for textures. */
export function randomStream(...labels: readonly (string | number)[]): () => number {
  let state = createHash('sha256').update(JSON.stringify(labels)).digest().readUInt32BE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
