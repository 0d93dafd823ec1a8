/** What a session asks its turns with, in short: `gemini-3-pro-image, 2K, 16:9, allow available`. */
import type { SessionSettings } from '../contract/session.ts';
import { durationWords } from './duration.ts';
import { oneLine } from './one-line.ts';

export function settingsWords({ defaults, overflow, idleMs }: SessionSettings): string {
  const { model, size, aspectRatio, allow, systemInstruction, hidePrompt, tenant } = defaults;
  const words = [
    model ?? "the worker's model",
    size,
    aspectRatio,
    allowWords(allow),
    tenant === undefined ? undefined : `tenant ${tenant}`,
    systemInstruction === undefined ? undefined : 'with a system instruction',
    hidePrompt === true ? 'prompts hidden' : undefined,
    overflow === 'drop-oldest-images' ? 'oldest images dropped where it grows too long' : undefined,
    `ends after ${durationWords(idleMs)} without a turn`,
  ];
  return oneLine(words.filter((word) => word !== undefined).join(', '));
}

function allowWords(allow: SessionSettings['defaults']['allow']): string | undefined {
  if (allow === undefined || allow === 'exact') return undefined;
  return `allow ${typeof allow === 'string' ? allow : Object.keys(allow).join(' and ')}`;
}
