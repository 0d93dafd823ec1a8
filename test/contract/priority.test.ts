/** Priority and turn of a generation's tasks: a start that the server refuses would be no start at all. */
import { describe, expect, it } from 'vitest';
import { priorityOf } from '../../src/contract/priority.ts';
import { utf8Bytes } from '../../src/domain/short-text.ts';

const keyOf = (tenant: string) => priorityOf({ urgency: 'standard', tenant }).fairnessKey ?? '';

describe('priorityOf', () => {
  it('no tenant: no turn of its own', () => {
    expect(priorityOf({ urgency: 'batch' })).toEqual({ priorityKey: 4, fairnessWeight: 1 });
  });

  it('a tenant of up to 64 bytes is its own key', () => {
    expect(keyOf('a'.repeat(64))).toBe('a'.repeat(64));
  });

  it('a longer one is shortened and hashed: at most 64 bytes, never two tenants in one', () => {
    const long = ['ä'.repeat(40), `${'ä'.repeat(39)}o`, `${'ä'.repeat(40)} `, '漢'.repeat(50)].map(keyOf);
    for (const key of long) expect(utf8Bytes(key)).toBeLessThanOrEqual(64);
    expect(new Set(long).size).toBe(long.length);
    expect(keyOf('ä'.repeat(40))).toBe(long[0]);
  });

  it('whatever a caller in another language sends starts: the generation says what is wrong with it', () => {
    const junk = { urgency: 'now', tenant: 7 } as unknown as Parameters<typeof priorityOf>[0];
    expect(priorityOf(junk)).toEqual({ priorityKey: 3, fairnessWeight: 1 });
  });
});
