/** A changed prompt, readable: `a fox [-of that studio-]{+in a hand-drawn style+}`, coloured on a terminal. */
import type { DiffPart } from '../domain/preparation.ts';
import { paint } from './output.ts';
import type { PromptTexts } from '../client/prompt-texts.ts';
import { diffOf } from '../client/prompt-texts.ts';

const WIDTH = 96;
/** Of a stretch that stayed, around what changed. */
const CONTEXT = 80;

/** @param record SHA-256 under which a person finds the texts that are not shown */
export function promptLines(texts: PromptTexts, record: string, prompt?: string): readonly string[] {
  const where = `sha256:${record}`;
  switch (texts.kind) {
    case 'hidden':
      return [`texts hidden, as the request says; in the store: ${where}`];
    case 'missing':
      return [`the store has no texts under ${where}`];
    case 'read': {
      const left = droppedWords(texts, prompt);
      return [...diffLines(diffOf(texts.record, prompt)), ...(left === undefined ? [] : [left])];
    }
  }
}

export function diffLines(diff: readonly DiffPart[]): readonly string[] {
  return wrapped(diff.map(partWords).join(''));
}

function partWords({ value, added, removed }: DiffPart, i: number, all: readonly DiffPart[]): string {
  if (added === true) return paint('green', `{+${value}+}`);
  if (removed === true) return paint('red', `[-${value}-]`);
  return shortened(value, i === 0, i === all.length - 1);
}

/** What stayed is shown near what changed. */
function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= 2 * CONTEXT) return text;
  const before = isFirst ? '' : text.slice(0, CONTEXT);
  const after = isLast ? '' : text.slice(-CONTEXT);
  return `${before} … ${after}`;
}

function droppedWords(
  { record }: Extract<PromptTexts, { kind: 'read' }>,
  prompt: string | undefined,
): string | undefined {
  const { requirements = [], keeps = [], prompts } = record;
  const i = prompts.findIndex(({ sha256 }) => sha256 === prompt);
  const kept = keeps[i];
  if (kept === undefined || kept >= requirements.length) return undefined;
  return `left out: ${requirements.slice(kept).join('; ')}`;
}

/** By words; a colour takes no room, and words longer than a line stay whole. */
function wrapped(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (visible(longer) > WIDTH && current !== '') {
        lines.push(current);
        current = word;
      } else current = longer;
    }
    return [...lines, current];
  });
}

// eslint-disable-next-line no-control-regex -- colours are control characters
const COLOUR = /\u001b\[\d+m/g;

function visible(text: string): number {
  return text.replaceAll(COLOUR, '').length;
}
