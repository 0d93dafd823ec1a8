/** Pure unit tests: wordings of the wild, as printed text and as the message of an answer. */
import { describe, expect, it } from 'vitest';
import { answer, named, text } from './evidence-of.ts';
import type { Wording } from './texts.ts';
import * as texts from './texts.ts';

const families: [string, readonly Wording[]][] = Object.entries(texts);

describe.each(families)('%s wordings', (_, wordings) => {
  it.each(wordings.map(([verdict, said, status]) => ({ verdict, said, status })))(
    '$said → $verdict',
    ({ verdict, said, status }) => {
      expect(named(text(said, status))).toBe(verdict);
      if (status === undefined) return;
      // The same words inside a relay's plain envelope mean the same.
      const isBody = /^\s*[{<]|^error code/i.test(said);
      const body: unknown = isBody ? said : { error: { code: status, message: said } };
      expect(named(answer(status, body))).toBe(verdict);
    },
  );
});
