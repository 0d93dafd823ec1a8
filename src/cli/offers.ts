/**
 * What a person may choose, each with the command line and the signal that chooses it. From the whole
 * question where a worker told it, else from the words that the memo keeps.
 */
import type { Asked } from '../client/describe.ts';
import { SIGNAL_OF } from '../contract/signal-of.ts';
import type { AskOption, Choice } from '../domain/ask.ts';
import { priceWords } from '../domain/way.ts';
import { commandLine } from './invocation.ts';
import { YOUR_REASON } from './operator-options.ts';

export interface Offer {
  readonly choice: Choice;
  readonly route?: string;
  /** What it does, and what it may cost. */
  readonly words: string;
  /** Of a rewrite: SHA-256 of the PromptRecord that shows the difference. */
  readonly record?: string;
  readonly command: string;
  /** Name of the signal, and its payload as JSON, for Temporal's UI. */
  readonly signal: string;
  readonly json: string;
}

/** Enough of the digest to tell evidences apart, and to be read aloud. */
const SHOWN_EVIDENCE = 16;

type Named = Partial<AskOption> & { readonly choice: Choice; readonly route?: string };

/** @param server Options that make another command find the same server and store. */
export function offersOf(id: string, ask: Asked, server: readonly string[]): readonly Offer[] {
  const { evidence, options = ask.choices.map(named) } = ask;
  // Without a worker, a command would say that none took it.
  const later = ask.options === undefined ? ['--later'] : [];
  return options.map((option) => {
    const said = ['--evidence', evidence.slice(0, SHOWN_EVIDENCE), '--why', YOUR_REASON];
    const args = [...argumentsOf(option, id), ...said, ...later, ...server];
    return {
      choice: option.choice,
      words: wordsOf(option),
      command: commandLine(args),
      signal: SIGNAL_OF[option.choice],
      json: JSON.stringify({ by: YOUR_REASON, why: YOUR_REASON, ...moreOf(option), evidence }),
      ...('route' in option ? { route: option.route } : {}),
      ...('record' in option && option.record !== undefined ? { record: option.record } : {}),
    };
  });
}

/** `route-out backup` → its option, as far as the memo tells it. */
function named(words: string): Named {
  const [choice, ...route] = words.split(' ');
  return { choice: choice as Choice, ...(route.length === 0 ? {} : { route: route.join(' ') }) };
}

function argumentsOf(option: AskOption | Named, id: string): readonly string[] {
  switch (option.choice) {
    case 'route-out':
      return ['approve', id, ...('route' in option ? ['--route', option.route] : [])];
    case 'rewrite':
      return ['approve', id, '--rewrite'];
    case 'retry':
      return ['retry', id];
    case 'change':
      return ['retry', id, '--change', 'size=1K'];
    case 'reject':
      return ['reject', id];
  }
}

function moreOf(option: AskOption | Named): object {
  if (option.choice === 'route-out') return 'route' in option ? { route: option.route } : {};
  return option.choice === 'change' ? { change: { size: '1K' } } : {};
}

function wordsOf(option: AskOption | Named): string {
  const cost =
    'worstUsd' in option && option.worstUsd !== undefined
      ? `, ${priceWords({ ...option, worstUsd: option.worstUsd })}`
      : '';
  const changes = 'changes' in option && option.changes !== undefined ? `; ${option.changes.join('; ')}` : '';
  return `${effectOf(option)}${cost}${changes}`;
}

function effectOf(option: AskOption | Named): string {
  switch (option.choice) {
    case 'route-out': {
      const model = 'model' in option && option.model !== undefined ? `, ${option.model}` : '';
      return `leave to route ${option.route ?? 'another'}${model}`;
    }
    case 'rewrite': {
      const { techniques = [] } = 'techniques' in option ? option : {};
      return `send the rewritten prompt${techniques.length === 0 ? '' : ` (${techniques.join(', ')})`}`;
    }
    case 'retry':
      return 'the same path once more';
    case 'change':
      return 'one field of the request, such as size=1K, then a new call';
    case 'reject':
      return 'decide against it';
  }
}
