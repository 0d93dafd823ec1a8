/** The options of `session` as a session's settings and as a turn, judged before any server is asked for. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { SessionDraft, TurnDraft } from '../../schema/session.ts';
import { parseSession, parseTurn } from '../../schema/session.ts';
import { duration } from '../option-values.ts';
import type { FieldOptions } from '../request-options.ts';
import { fieldsOf, given, inputsOf, withFieldOptions, withInputOption } from '../request-options.ts';

export interface SettingsOptions extends FieldOptions {
  readonly id?: string;
  /** Milliseconds. */
  readonly idle?: number;
  readonly overflow?: string;
}

export interface TurnOptions {
  readonly turn?: string;
  readonly input?: readonly string[];
}

export function withSettingsOptions(command: Command): Command {
  return withFieldOptions(
    command
      .option('--id <name>', 'your name for the session (a new one)')
      .option('--idle <duration>', 'without a turn for so long it ends (30d)', duration)
      .addOption(
        new Option('--overflow <what>', 'once it is longer than the model takes (fail)').choices([
          'fail',
          'drop-oldest-images',
        ]),
      ),
  );
}

export function withTurnOptions(command: Command): Command {
  return withInputOption(
    command.option('--turn <id>', 'your id for the turn: the same id is the same turn (a new one)'),
  );
}

/** Throws {@link InvalidRequest} and {@link UsageError}. */
export function settingsOf(options: SettingsOptions): SessionDraft {
  const { id, idle, overflow } = options;
  return parseSession({ ...fieldsOf(options), ...given({ id, idleMs: idle, overflow }) });
}

/** Short, to be typed again: it only tells the turns of one session apart. */
const MADE_UP_LENGTH = 8;

/** A turn that has its id before it is sent can be sent again as the same one, where nobody confirmed it. */
export interface NamedTurn extends TurnDraft {
  readonly turnId: string;
}

/** @param fields What this turn is asked with in place of the session's settings. Throws as `settingsOf`. */
export function turnOf(prompt: string, { turn, input }: TurnOptions, fields: FieldOptions = {}): NamedTurn {
  const turnId = turn ?? randomUUID().slice(0, MADE_UP_LENGTH);
  return {
    ...parseTurn({ ...fieldsOf(fields), prompt, turnId, ...given({ inputs: inputsOf(input) }) }),
    turnId,
  };
}
