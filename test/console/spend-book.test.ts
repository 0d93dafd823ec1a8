/** The console's count: each run once, however often it is met; a look never waits for all of it. */
import { describe, expect, it } from 'vitest';
import type { EndedGeneration, EndedOptions } from '../../src/client/ended.ts';
import { SpendBook } from '../../src/console/spend-book.ts';
import { clean } from '../domain/report/runs.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const PATIENT = 60_000;

/** Visibility with what ended until now, the latest first; `gate` holds it back. */
class Visibility {
  now = NOW;
  readonly asked: EndedOptions[] = [];
  runs: { readonly runId: string; readonly endedAt: number }[] = [];
  failAfter: number | undefined;
  gate: Promise<void> = Promise.resolve();

  readonly images = {
    ended: (options: EndedOptions) => this.ended(options),
  };

  end(runId: string, endedAt = this.now): void {
    this.runs.push({ runId, endedAt });
  }

  book(): SpendBook {
    return new SpendBook({ images: this.images, now: () => this.now });
  }

  private async *ended(options: EndedOptions): AsyncGenerator<EndedGeneration, void, undefined> {
    this.asked.push(options);
    await this.gate;
    const found = this.runs
      .filter(({ endedAt }) => endedAt >= options.since.getTime())
      .toSorted((a, b) => b.endedAt - a.endedAt);
    for (const [i, run] of found.entries()) {
      if (i === this.failAfter) throw new Error('Temporal is away');
      yield { ...clean(), ...run, id: run.runId, by: 'memo' };
    }
  }
}

describe('the spend book', () => {
  it('a run that is met again, or told late, counts once', async () => {
    const seen = new Visibility();
    const book = seen.book();
    seen.end('a', NOW - MINUTE);
    expect((await book.look(1, PATIENT)).figures.total.generations).toBe(1);
    // Ended before the look, and told after it.
    seen.end('late', NOW - 2 * MINUTE - 30_000);
    for (let look = 0; look < 40; look += 1) {
      seen.now += MINUTE;
      await book.look(1, PATIENT);
    }
    const { figures, asOf, counting } = await book.look(1, PATIENT);
    expect(figures.total.generations).toBe(2);
    expect(counting).toBeUndefined();
    expect(asOf).toBe(seen.now);
    // The month was read once; later looks reach back for the overlap only.
    expect(seen.asked[0]?.since.getTime()).toBe(NOW - 30 * 24 * 60 * MINUTE);
    expect(seen.asked.at(-1)?.since.getTime()).toBe(NOW - 3 * MINUTE);
  });

  it('days leave as they pass', async () => {
    const seen = new Visibility();
    const book = seen.book();
    seen.end('a');
    for (let day = 0; day < 32; day += 1) {
      expect((await book.look(30, PATIENT)).figures.total.generations).toBe(day < 30 ? 1 : 0);
      expect((await book.look(1, PATIENT)).figures.total.generations).toBe(day < 1 ? 1 : 0);
      seen.now += 24 * 60 * MINUTE;
    }
  });

  it('a first count that is under way is told as such, and not waited for', async () => {
    const seen = new Visibility();
    const book = seen.book();
    let open: () => void = () => undefined;
    seen.gate = new Promise((resolve) => (open = resolve));
    seen.end('a');
    const early = await book.look(7, 1);
    expect(early).toMatchObject({ counting: { runs: 0 }, figures: { total: { generations: 0 } } });
    expect(early.asOf).toBeUndefined();
    open();
    expect((await book.look(7, PATIENT)).figures.total.generations).toBe(1);
    expect(seen.asked).toHaveLength(1);
  });

  it('one that fails in the middle counts nothing twice, keeps what it had, and says since when', async () => {
    const seen = new Visibility();
    const book = seen.book();
    for (const id of ['a', 'b', 'c']) seen.end(id);
    seen.failAfter = 2;
    const first = await book.look(1, PATIENT);
    expect(first.failure).toMatchObject({ since: NOW, why: 'Temporal is away' });
    seen.now += MINUTE;
    seen.failAfter = undefined;
    const second = await book.look(1, PATIENT);
    expect(second.failure).toBeUndefined();
    expect(second.figures.total.generations).toBe(3);
    // Away for an hour, in which two more ended.
    for (const id of ['d', 'e']) seen.end(id, seen.now + MINUTE);
    seen.failAfter = 1;
    for (let look = 0; look < 60; look += 1) {
      seen.now += MINUTE;
      await book.look(1, PATIENT);
    }
    seen.failAfter = undefined;
    seen.now += MINUTE;
    expect((await book.look(1, PATIENT)).figures.total.generations).toBe(5);
  });
});
