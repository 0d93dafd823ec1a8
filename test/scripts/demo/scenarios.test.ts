/** The programme of the demo: at least 24 generations, each understood by the border, each to be told apart. */
import { expect, it } from 'vitest';
import type { InputImages } from '../../../scripts/demo/input-images.ts';
import type { Scenario } from '../../../scripts/demo/scenario.ts';
import { uselessAnswers } from '../../../scripts/demo/scenarios/answers.ts';
import { busyProvider } from '../../../scripts/demo/scenarios/busy.ts';
import * as decisions from '../../../scripts/demo/scenarios/decisions.ts';
import { EXPIRED, STORAGE_FULL } from '../../../scripts/demo/scenarios/files.ts';
import { goodDays } from '../../../scripts/demo/scenarios/good-days.ts';
import { brokenLine, KILLED } from '../../../scripts/demo/scenarios/line.ts';
import { BEHIND, LEAKED } from '../../../scripts/demo/scenarios/shared-cause.ts';
import { parsePromptCommands } from '../../../src/emulator/faults/prompt-commands.ts';
import { parseRequest } from '../../../src/schema/request.ts';

const bytes = Buffer.from('any');
const INPUTS: InputImages = { boat: bytes, palette: bytes, poster: bytes, scan: bytes };
const { APPROVED, PROOF, REJECTED, STALE, REVIVED, WAITING } = decisions;
const SCENARIOS: readonly Scenario[] = [
  KILLED,
  ...[goodDays(INPUTS), busyProvider(INPUTS), uselessAnswers(), brokenLine()].flatMap(
    ({ scenarios }) => scenarios,
  ),
  EXPIRED(INPUTS),
  STORAGE_FULL(INPUTS),
  ...[LEAKED, ...BEHIND],
  ...[APPROVED, REJECTED, STALE, REVIVED, PROOF, WAITING],
];

it('plays at least 24 generations, each with a key and a title of its own', () => {
  expect(SCENARIOS.length).toBeGreaterThanOrEqual(24);
  for (const field of ['key', 'title'] as const) {
    expect(new Set(SCENARIOS.map((scenario) => scenario[field])).size).toBe(SCENARIOS.length);
  }
});

it.each(SCENARIOS.map((scenario) => [scenario.key, scenario] as const))(
  '%s: the request passes the border and its fault is one that the emulator knows',
  (_, { request }) => {
    expect(() => parseRequest(request)).not.toThrow();
    expect(() => parsePromptCommands(request.prompt)).not.toThrow();
  },
);
