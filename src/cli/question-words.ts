/** What a person is asked: why, on which evidence, and for each choice its price and how to make it. */
import type { Asked } from '../client/describe.ts';
import type { PromptTexts } from '../client/prompt-texts.ts';
import { promptLines } from './diff-words.ts';
import type { Offer } from './offers.ts';
import { paint } from './output.ts';
import { untilWords } from './phase-words.ts';

export interface Question {
  readonly ask: Asked;
  readonly offers: readonly Offer[];
  /** Of the rewrite that is offered, where one is. */
  readonly rewritten?: PromptTexts;
}

export function questionLines({ ask, offers, rewritten }: Question, now: number): readonly string[] {
  const { branch, reason, proof, of, expiresAt, hold, evidence, why, userAction } = ask;
  const cause = branch === undefined ? 'as the memo knows it' : `${branch}/${reason}`;
  const proved =
    proof === undefined || of === undefined
      ? ''
      : `, ${proof} in a row, ${of} ${of === 1 ? 'proves' : 'prove'} it`;
  const until = expiresAt === undefined ? '' : `; decide ${untilWords(expiresAt, now)}`;
  return [
    `${paint('yellow', 'question')}  ${cause}${proved}${until}`,
    ...(why === undefined ? [] : [`  why       ${why.replace(/\s+/g, ' ')}`]),
    `  evidence  ${evidence}`,
    ...(userAction === undefined ? [] : [`  to do     ${userAction}`]),
    ...(hold === undefined ? [] : [`  scope     everything with the same ${hold} fails alike`]),
    ...offers.flatMap((offer) => offerLines(offer, rewritten)),
  ];
}

function offerLines(offer: Offer, rewritten: PromptTexts | undefined): readonly string[] {
  const { choice, words, command, signal, json, record } = offer;
  const texts =
    record === undefined || rewritten === undefined
      ? []
      : promptLines(rewritten, record).map((line) => `      ${line}`);
  return [
    `  ${paint('bold', choice.padEnd(9))}  ${words}`,
    ...texts,
    `      $ ${command}`,
    `      in Temporal's UI: signal ${signal} ${json}`,
  ];
}

export function questionJson({ ask, offers }: Question): object {
  return { ...ask, offers };
}
