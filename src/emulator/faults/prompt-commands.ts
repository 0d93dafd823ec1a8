/**
 * Faults written into a prompt, for demos and CLI users who have no other way to cause them.
 *
 *     [[fault: item, item, …]]
 *     item      = name | name(argument), then * count or *always, then @condition …
 *     argument  = 3s | 500ms | 2m | 80%
 *     condition = a model id | 512 | 1K | 2K | 4K | image-only | with-text
 *
 *     [[fault:capacity*2]]                          the first two calls answer 503
 *     [[fault:capacity*always@gemini-3-pro-image]]  that model is down, others are not
 *     [[fault:deadline*always@4K]]                  4K always expires, smaller sizes do not
 *     [[fault:blank*always@image-only]]             NO_IMAGE until TEXT is asked for too
 *     [[fault:quota-minute(3s), reset-after]]       a 429, then a paid call whose answer is lost
 *
 * Items strike in the order written; one without a count strikes once. The count belongs to the
 * generation (header `x-gemini-images-generation`), or to the prompt where no such header came.
 */
import { SIZES } from '../../domain/request.ts';
import { parseAction } from './action.ts';
import type { FaultAction } from './action.ts';

export interface CommandCall {
  readonly model: string;
  readonly size: string;
  readonly modalities: readonly string[];
}

export interface CommandItem {
  readonly text: string;
  readonly action: FaultAction;
  readonly times: number;
  readonly conditions: readonly string[];
}

const COMMAND = /\[\[\s*fault\s*:([^\]]*)\]\]/g;
const COUNTED = /^([^*@]+?)\s*(?:\*\s*(\d+|always))?\s*((?:@\s*[A-Za-z0-9.-]+\s*)*)$/;

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
        items.push({
          text,
          action: parseAction(name),
          times: count === 'always' ? Number.POSITIVE_INFINITY : Number(count ?? 1),
          conditions: conditions.split('@').flatMap((part) => (part.trim() ? [part.trim()] : [])),
        });
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
  return item.conditions.every((condition) => {
    if (condition === 'image-only') return !call.modalities.includes('TEXT');
    if (condition === 'with-text') return call.modalities.includes('TEXT');
    if ((SIZES as readonly string[]).includes(condition)) return call.size === condition;
    return call.model === condition;
  });
}
