/** What the schemas let through, the workflow can read; what it cannot read, they refuse. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNALS } from '../../src/contract/names.ts';
import type { Choice } from '../../src/domain/ask.ts';
import { CHANGEABLE_FIELDS, readChoice, readDecision } from '../../src/domain/decision.ts';
import { decideSchema, SIGNAL_SCHEMAS } from '../../src/schema/decision.ts';

type Signal = keyof typeof SIGNALS;

/** The field of each signal that stands for its choice; as `workflows/desk.ts` has it. */
const CHOICE: Readonly<Record<Signal, Choice>> = {
  approveRouteOut: 'route-out',
  rejectRouteOut: 'reject',
  approveRewrite: 'rewrite',
  retryNow: 'retry',
  changeRequest: 'change',
};

const text = (longest: number) =>
  fc.oneof(
    fc.string({ maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom('', ' ', '\u00a0\n', 'x'.repeat(longest), 'x'.repeat(longest + 1)),
  );
const evidence = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 10, maxLength: 64 }),
  fc.constantFrom('', '0123456789AB', 'not hex at all', 7),
);
const change = fc.oneof(
  fc.record({ size: fc.constantFrom('512', '1K', '2K', '4K') }),
  fc.record({ prompt: fc.constantFrom('a fox', 'x'.repeat(8_190), 'x'.repeat(8_191), '"'.repeat(4_100)) }),
  fc.record({ size: fc.constant('1K'), seed: fc.constant(1) }),
  fc.constantFrom({}, null, [], 'size', { tenant: 'a' }, { size: null }, { temperature: 0.5 }),
);
const absent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });

/** As JSON has it: what is undefined is not there. */
const payload = fc
  .record({ by: absent(text(100)), why: absent(text(500)), evidence: absent(evidence) })
  .map((given) => JSON.parse(JSON.stringify(given)) as Record<string, unknown>);

describe('decisions', () => {
  it.each(Object.keys(SIGNALS) as Signal[])('%s: schema and reader agree', (signal) => {
    const choice = CHOICE[signal];
    const route = fc.option(text(100), { nil: undefined });
    fc.assert(
      fc.property(payload, route, absent(change), (said, to, changed) => {
        const extra = {
          ...(choice === 'route-out' && to !== undefined ? { route: to } : {}),
          ...(choice === 'change' && changed !== undefined ? { change: changed } : {}),
        };
        const given = { ...said, ...extra };
        const isRead = !('junk' in readDecision(choice, given));
        expect(SIGNAL_SCHEMAS[signal].safeParse(given).success).toBe(isRead);
        expect(decideSchema.safeParse({ ...given, choice }).success).toBe(isRead);
        expect('junk' in readChoice({ ...given, choice })).toBe(!isRead);
      }),
      { numRuns: 300 },
    );
  });

  it('a field that is misspelt, or belongs to another choice, is refused before it is sent', () => {
    const said = { by: 'ann', why: 'because', evidence: '0123456789ab' };
    expect(SIGNAL_SCHEMAS.approveRouteOut.safeParse({ ...said, rout: 'backup' }).success).toBe(false);
    expect(decideSchema.safeParse({ ...said, choice: 'retry', route: 'backup' }).success).toBe(false);
    expect(decideSchema.safeParse({ ...said, choice: 'shrug' }).success).toBe(false);
  });

  it('every changeable field has a schema of its own', () => {
    const said = { by: 'ann', why: 'because', evidence: '0123456789ab' };
    for (const field of CHANGEABLE_FIELDS) {
      const { error } = SIGNAL_SCHEMAS.changeRequest.safeParse({ ...said, change: { [field]: { no: 1 } } });
      expect(error?.issues[0]?.path).toEqual(['change', field]);
    }
  });
});
