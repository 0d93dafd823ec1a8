import { expect, it } from 'vitest';
import type { NotifyTerms } from '../../src/contract/notification.ts';
import { ToldTerms } from '../../src/quota/told-terms.ts';

const TERMS: NotifyTerms = { queue: 'images', webhooks: [] };

it('an entity is told of webhooks first, then once in five minutes, and again where it did not answer', async () => {
  let now = 0;
  const terms = new ToldTerms(TERMS, () => now);
  const told = async (entity: string, isAway = false): Promise<boolean> => {
    let with_ = false;
    const exchange = terms.during(entity, ({ notify }) => {
      with_ = notify === TERMS;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve();
    });
    await exchange.catch(() => undefined);
    return with_;
  };
  expect(await told('a', true)).toBe(true);
  expect(await told('a')).toBe(true);
  expect(await told('a')).toBe(false);
  expect(await told('b')).toBe(true);
  now += 5 * 60_000;
  expect(await told('a')).toBe(true);
  expect(await new ToldTerms(undefined).during('a', (more) => Promise.resolve(more))).toEqual({});
});
