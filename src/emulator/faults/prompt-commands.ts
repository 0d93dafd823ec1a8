/**
 * Faults written into a prompt, for demos and CLI users who have no other way to cause them.
 *
 *     [[fault: item, item, …]]
 *     item      = name | name(argument), then * count or *always, then @condition …
 *     argument  = 3s | 500ms | 2m | 80%
 *     condition = a model id | 512 | 1K | 2K | 4K | image-only | with-text | text | key(last four)
 *                 | ai-studio | vertex | batch
 *
 *     [[fault:capacity*2]]                          the first two calls answer 503
 *     [[fault:capacity*always@gemini-3-pro-image]]  that model is down, others are not
 *     [[fault:deadline*always@4K]]                  4K always expires, smaller sizes do not
 *     [[fault:blank*always@image-only]]             NO_IMAGE until TEXT is asked for too
 *     [[fault:quota-minute(3s), reset-after]]       a 429, then a paid call whose answer is lost
 *     [[fault:capacity*always@key(aB3x)]]           overload for the key that ends so, not for others
 *     [[fault:capacity*always@ai-studio]]           AI Studio is down, Vertex is not
 *     [[fault:capacity@text]]                       503 for the text model, not for the image
 *
 * Items strike in the order written; one without a count strikes once. The count belongs to the
 * generation (header `x-gemini-images-generation`), or to the prompt where no such header came.
 *
 * A prompt travels to text models too, inside the order to rewrite it. There its commands strike only
 * where `@text` says so, and then not the image calls; faults of words mean text models without saying it.
 * In the same way commands strike a request of a batch job only where `@batch` says so, and then no live call.
 */
import { SIZES } from '../../domain/request.ts';
import { parseAction } from './action.ts';
import type { FaultAction } from './action.ts';
import { presetOf } from './presets.ts';
import type { OutputKind } from '../models.ts';
import type { EmulatedEndpoint } from '../vertex/place.ts';

export interface CommandCall {
  readonly output: OutputKind;
  readonly model: string;
  /** Image calls have one. */
  readonly size?: string | undefined;
  /** The dialect it speaks. */
  readonly endpoint?: EmulatedEndpoint | undefined;
  /** Whether it is a request of a batch job. */
  readonly inBatch?: boolean | undefined;
  /** The end of the caller's key. */
  readonly keyTail?: string | undefined;
  readonly modalities: readonly string[];
}

export interface CommandItem {
  readonly text: string;
  readonly action: FaultAction;
  readonly times: number;
  readonly conditions: readonly string[];
}

const COMMAND = /\[\[\s*fault\s*:([^\]]*)\]\]/g;
const COUNTED = /^([^*@]+?)\s*(?:\*\s*(\d+|always))?\s*((?:@\s*(?:key\([^)]*\)|[A-Za-z0-9.-]+)\s*)*)$/;
const KEY = /^key\(\s*([\w.-]{4})\s*\)$/;

/** The commands of a prompt in order; throws an Error that quotes the faulty item. */
export function parsePromptCommands(prompt: string): readonly CommandItem[] {
  const items: CommandItem[] = [];
  for (const [, body = ''] of prompt.matchAll(COMMAND)) {
    for (const raw of body.split(',')) {
      const text = raw.trim();
      const match = COUNTED.exec(text);
      if (!match) {
        throw new Error(
          `[[fault:${body}]]: "${text}" does not read as name(argument)*count@condition, for example capacity*2@4K`,
        );
      }
      const [, name = '', count, conditions = ''] = match;
      try {
        items.push(
          possible({
            text,
            action: parseAction(name),
            times: count === 'always' ? Number.POSITIVE_INFINITY : Number(count ?? 1),
            conditions: conditions.split('@').flatMap((part) => (part.trim() ? [readCondition(part)] : [])),
          }),
        );
      } catch (error) {
        throw new Error(`[[fault:${body}]]: ${(error as Error).message}`, { cause: error });
      }
    }
  }
  return items;
}

/** The prompt without its commands, as the picture shows it. */
export function withoutCommands(prompt: string): string {
  return prompt.replace(COMMAND, '').replace(/\s+/g, ' ').trim();
}

export function conditionsHold(item: CommandItem, call: CommandCall): boolean {
  const forText = item.conditions.includes('text') || wordsOnly(item.action);
  if (forText !== (call.output === 'text')) return false;
  if (item.conditions.includes('batch') !== (call.inBatch ?? false)) return false;
  return item.conditions.every((condition) => {
    if (condition === 'text' || condition === 'batch') return true;
    if (condition === 'vertex' || condition === 'ai-studio') return call.endpoint === condition;
    if (condition === 'image-only') return !call.modalities.includes('TEXT');
    if (condition === 'with-text') return call.modalities.includes('TEXT');
    if ((SIZES as readonly string[]).includes(condition)) return call.size === condition;
    const [, tail] = KEY.exec(condition) ?? [];
    return tail === undefined ? call.model === condition : call.keyTail === tail;
  });
}

function readCondition(text: string): string {
  const condition = text.trim();
  if (condition.startsWith('key(') && !KEY.test(condition)) {
    throw new Error(`@${condition}: name the last four characters of the key, for example @key(aB3x)`);
  }
  return condition;
}

/** An item that could never strike is a mistake of its author. */
function possible(item: CommandItem): CommandItem {
  const preset = item.action.preset === undefined ? undefined : presetOf(item.action.preset);
  if (preset?.kind === 'file') {
    throw new Error(`${item.text} strikes uploads: give it as a rule with the method files.upload`);
  }
  if (preset?.kind === 'batch') {
    throw new Error(`${item.text} strikes whole jobs: give it as a rule with the method batches.create`);
  }
  if (preset?.kind === 'shape' && preset.picture && item.conditions.includes('text')) {
    throw new Error(`${item.text} needs a picture, and a text model draws none`);
  }
  return item;
}

function wordsOnly({ preset }: FaultAction): boolean {
  return preset !== undefined && presetOf(preset).kind === 'text';
}
