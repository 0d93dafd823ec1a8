/** Five turns of one picture: what an edit session goes through in an afternoon. */
import type { TurnDraft } from '../../../src/schema/session.ts';
import type { Scenario } from '../scenario.ts';

export interface DemoTurn {
  readonly turnId: string;
  /** What the world does to it. */
  readonly trouble: string;
  readonly draft: Omit<TurnDraft, 'turnId'>;
}

export const MODEL = 'gemini-3-pro-image';
const OTHER = 'gemini-nano-banana-2.1';

export const TURNS: readonly DemoTurn[] = [
  {
    turnId: 'shop',
    trouble: 'the first turn',
    draft: { prompt: 'a small bakery at dawn, sign “FRESH BRAED”, gouache' },
  },
  { turnId: 'cat', trouble: 'a turn more', draft: { prompt: 'a cat on the window sill' } },
  {
    turnId: 'signature',
    trouble: '400: a thought signature was altered on the way',
    draft: { prompt: 'flour in the air [[fault:signature-corrupted*1]]' },
  },
  {
    turnId: 'text',
    trouble: 'only the letters are wrong',
    draft: { prompt: 'the sign says “FRESH BREAD”, nothing else changes' },
  },
  {
    turnId: 'elsewhere',
    trouble: '503 until another model may take it',
    draft: {
      prompt: 'a queue before the door [[fault:capacity*always@gemini-3-pro-image]]',
      allow: { models: [OTHER] },
    },
  },
];

/** The same, as the table and the contact sheet know a generation. */
export function scenarioOf({ turnId, trouble, draft }: DemoTurn): Scenario {
  return { key: `session-${turnId}`, title: `session, ${turnId}`, trouble, request: draft };
}
