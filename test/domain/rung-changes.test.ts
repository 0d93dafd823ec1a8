/** What a rung takes from what was asked, told before anybody goes there. */
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, findModel } from '../../src/domain/catalogue.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { RungPlace } from '../../src/domain/rung-changes.ts';
import { changesOn } from '../../src/domain/rung-changes.ts';
import type { Rung } from '../../src/domain/snapshot.ts';

const entry = (model: string): ModelEntry => findModel(DEFAULT_CATALOGUE, 'ai-studio', model) as ModelEntry;
const PRO = entry('gemini-3-pro-image');

function changes(
  draft: Omit<RequestDraft, 'prompt'>,
  place: Partial<RungPlace>,
  history: Pick<Rung, 'reseeds' | 'without'> = {},
): readonly string[] {
  const there: RungPlace = { account: undefined, entry: PRO, tier: 'standard', size: '1K', ...place };
  return changesOn(resolveRequest({ prompt: 'a fox', ...draft }), PRO, there, history);
}

describe('what changes on a rung of the ladder', () => {
  it('priority tier, or the same model elsewhere: nothing', () => {
    expect(changes({}, { tier: 'priority' })).toEqual([]);
    expect(changes({ size: '4K' }, { size: '4K' })).toEqual([]);
  });

  it('flex tier: it may wait, and may be dropped', () => {
    expect(changes({}, { tier: 'flex' })).toEqual([expect.stringContaining('dropped under load')]);
  });

  it('another model: whose picture it is, its size and its format', () => {
    expect(changes({ size: '4K' }, { entry: entry('gemini-2.5-flash-image') })).toEqual([
      'the picture is made by gemini-2.5-flash-image, not by gemini-3-pro-image',
      '4K becomes 1K',
      'image/png, not image/jpeg',
    ]);
  });

  it('a conversation: that it begins anew, or which of it stays behind (I9)', () => {
    expect(changes({}, {}, { reseeds: true })).toEqual([expect.stringContaining('signatures are lost')]);
    expect(changes({}, {}, { without: 3 })).toEqual(['the 3 oldest images of the conversation are left out']);
  });
});
