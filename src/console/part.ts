/** A part of a page that may be missing: whoever does not answer in time takes nothing else away. */
import { TooSlow } from './told.ts';

export type Part<T> =
  { readonly kind: 'here'; readonly value: T } | { readonly kind: 'missing'; readonly why: string };

/** Long enough for a slow query, short enough for a person who waits. */
const PATIENCE_MS = 4_000;

/** Never rejects. @param what As a person reads it: `the governors` */
export async function within<T>(what: string, asked: Promise<T>, ms = PATIENCE_MS): Promise<Part<T>> {
  try {
    return { kind: 'here', value: await bounded(what, asked, ms) };
  } catch (error) {
    return { kind: 'missing', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Rejects with {@link TooSlow} once the time is over; what was asked may still end, unheard. */
export async function bounded<T>(what: string, asked: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TooSlow(`${what}: no answer within ${ms / 1_000} s`));
    }, ms);
  });
  try {
    return await Promise.race([asked, over]);
  } finally {
    clearTimeout(timer);
  }
}
