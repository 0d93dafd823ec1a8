/**
 * Which entries of the emulator's ledger are calls of a generation, and which of them cost money. Text
 * models' calls are calls like any other: fenced, booked, paid for by their tokens. Uploads and other file
 * calls are free and answer with nothing that must be kept.
 */
import type { LedgerEntry } from '../../src/emulator/ledger.ts';

const GENERATING: ReadonlySet<string> = new Set(['generateContent', 'streamGenerateContent']);

/** `billed` speaks of images alone; words cost their tokens. */
export function isPaid({ billed, usd }: Pick<LedgerEntry, 'billed' | 'usd'>): boolean {
  return billed || usd > 0;
}

export function callsByGeneration(
  ledger: readonly LedgerEntry[],
): ReadonlyMap<string, readonly LedgerEntry[]> {
  const calls = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    if (entry.generation === undefined || !GENERATING.has(entry.method)) continue;
    const { id } = entry.generation;
    calls.set(id, [...(calls.get(id) ?? []), entry]);
  }
  return calls;
}
