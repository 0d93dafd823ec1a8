import { expect, it } from 'vitest';
import { Gate } from '../../src/webhooks/gate.ts';

it('eight to one webhook at a time; another one has places of its own, and a place is given back', async () => {
  const gate = new Gate();
  let release: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => (release = resolve));
  const enter = (name: string): Promise<string | undefined> =>
    gate.through(name, async () => {
      await hanging;
      return name;
    });
  const inside = Array.from({ length: 8 }, () => enter('ops'));
  expect(await enter('ops')).toBeUndefined();
  const other = enter('crm');
  release();
  expect(await Promise.all([...inside, other])).toEqual([...Array.from({ length: 8 }, () => 'ops'), 'crm']);
  expect(await enter('ops')).toBe('ops');
  await expect(gate.through('ops', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await enter('ops')).toBe('ops');
});
