/** A revival of a cause belongs to the console, not to a tab: one at a time, told while it goes, stopped by anybody. */
import { describe, expect, test } from 'vitest';
import type { CauseRevivalRequest, CauseRevived } from '../../src/client/revive-cause.ts';
import type { RevivalState } from '../../src/console/revivals.ts';
import { Revivals, revivalsOf, revivalWords } from '../../src/console/revivals.ts';
import { errorOf } from '../support/eventually.ts';

const WISH = { cause: 'capacity', by: 'ann', why: 'the outage is over' } as const;
const REPORT: CauseRevived = { revived: 0, refused: [], left: 0, lookedAt: 0, complete: true };

/** A client that revives when the test says so. */
class Scripted {
  request: CauseRevivalRequest | undefined;
  private readonly end = Promise.withResolvers<CauseRevived>();

  reviveCause(request: CauseRevivalRequest): Promise<CauseRevived> {
    this.request = request;
    return this.end.promise;
  }

  found(letters: number): void {
    this.request?.onFound?.({ letters, complete: true });
  }

  revive(id: string): void {
    this.request?.onEach?.({ kind: 'revived', id, run: 'r', newRun: 'n' });
  }

  refuse(id: string, why: string): void {
    this.request?.onEach?.({ kind: 'refused', id, run: 'r', why });
  }

  ends(report: Partial<CauseRevived> | Error): void {
    if (report instanceof Error) this.end.reject(report);
    else this.end.resolve({ ...REPORT, ...report });
  }
}

describe('the revival of a cause', () => {
  test('is told from its first look to its end, with what was refused and why it stopped', async () => {
    const [revivals, client, told] = [new Revivals(), new Scripted(), [] as RevivalState[]];
    const end = revivals.begin(client, { ...WISH, perMinute: 6 }, (state) => told.push(state));
    expect(client.request).toMatchObject({ ...WISH, perMinute: 6 });
    expect(revivals.told(Date.now()).map(revivalWords)).toEqual(['looking for its dead letters']);
    client.found(3);
    client.revive('a');
    client.refuse('b', 'it was revived before');
    expect(told.map(revivalWords)).toEqual(['0 of 3 revived', '1 of 3 revived', '1 of 3 revived, 1 refused']);
    expect(told.at(-1)).toMatchObject({ refusal: 'it was revived before' });
    client.ends({ why: 'none of the first 3 was served' });
    expect(revivalWords(await end)).toBe('1 of 3 revived, 1 refused: none of the first 3 was served');
    const [kept] = revivals.told(Date.now());
    expect(kept).toMatchObject({ by: 'ann', why: 'the outage is over', revived: 1 });
    expect(revivals.told(Date.now() + 3 * 3_600_000)).toEqual([]);
  });

  test('is one at a time: the second person hears who does it; another cause is another matter', async () => {
    const [revivals, client] = [new Revivals(), new Scripted()];
    const first = revivals.begin(client, WISH, () => undefined);
    const second = revivals.begin(client, { ...WISH, by: 'bob' }, () => undefined);
    expect((await errorOf(second)).message).toContain('is being revived by ann already');
    const other = revivals.begin(new Scripted(), { ...WISH, cause: 'timeout' }, () => undefined);
    void other.catch(() => undefined);
    expect(revivals.told(Date.now())).toHaveLength(2);
    client.ends({});
    await first;
    const again = new Scripted();
    const begun = revivals.begin(again, { ...WISH, by: 'bob' }, () => undefined);
    again.ends({});
    expect(await begun).toMatchObject({ by: 'bob' });
  });

  test('is stopped by anybody; what does not run cannot be stopped', async () => {
    const [revivals, client] = [new Revivals(), new Scripted()];
    expect(() => revivals.stop('capacity')).toThrow('no revival of capacity is under way');
    const end = revivals.begin(client, WISH, () => undefined);
    revivals.stop('capacity');
    expect(client.request?.signal?.aborted).toBe(true);
    client.ends({ why: 'it was stopped' });
    expect(await end).toMatchObject({ stopped: 'it was stopped' });
    expect(() => revivals.stop('capacity')).toThrow('no revival of capacity is under way');
  });

  test('that never began is not kept: the form is refused with the client’s words', async () => {
    const [revivals, client] = [new Revivals(), new Scripted()];
    const begun = revivals.begin(client, WISH, () => undefined);
    client.ends(new Error('limit: must be a whole number from 1'));
    expect((await errorOf(begun)).message).toContain('limit');
    expect(revivals.told(Date.now())).toEqual([]);
  });

  test('belongs to the client of its console, and to no other', () => {
    const [one, other] = [{}, {}];
    expect(revivalsOf(one)).toBe(revivalsOf(one));
    expect(revivalsOf(one)).not.toBe(revivalsOf(other));
  });
});
