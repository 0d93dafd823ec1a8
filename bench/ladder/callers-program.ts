/** One process of a baseline in Node: it calls the provider itself for each of its requests, as teams do today. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { play } from '../quota/play.ts';
import { runAsRemote } from '../remote.ts';
import { aiSdk } from './ai-sdk.ts';
import { createDraw } from './draw.ts';
import { guideLoop } from './guide-loop.ts';
import type { Outcome } from './judge.ts';
import type { Ask } from './trace.ts';
import { PRIMARY, SCALE } from './trace.ts';

export type CallerKind = 'guideLoop' | 'aiSdk' | 'genaiRetry';

export interface CallersSettings {
  readonly kind: CallerKind;
  readonly baseUrl: string;
  readonly asks: readonly Ask[];
  readonly images: string;
  /** Where packages that are not ours were installed. */
  readonly packages?: string | undefined;
}

export type CallersQuestion =
  { readonly kind: 'begin'; readonly startAt: number } | { readonly kind: 'outcomes' };

const LONGEST_WHY = 120;

runAsRemote<CallersSettings, 'ready', CallersQuestion, readonly Outcome[]>(async (settings) => {
  const draw = await drawOf(settings);
  const ending = new AbortController();
  const outcomes: Outcome[] = [];
  const serve = async ({ id, prompt }: Ask): Promise<void> => {
    try {
      const bytes = await draw(prompt);
      const gotAt = Date.now();
      await writeFile(join(settings.images, id), bytes);
      outcomes.push({ id, gotAt });
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_WHY);
      outcomes.push({ id, why });
    }
  };
  return {
    ready: 'ready',
    answer: (question) => {
      if (question.kind === 'begin')
        void play(settings.asks, question.startAt, (ask) => void serve(ask), ending.signal);
      return outcomes;
    },
    close: async () => ending.abort(),
  };
});

async function drawOf({
  kind,
  baseUrl,
  packages,
}: CallersSettings): Promise<(prompt: string) => Promise<Buffer>> {
  switch (kind) {
    case 'guideLoop':
      return guideLoop(createDraw(baseUrl));
    case 'aiSdk':
      return await aiSdk(packages as string, baseUrl);
    case 'genaiRetry': {
      // Its own defaults, written out and scaled: five attempts from 1 s to 60 s, of 408, 429 and 5xx.
      const draw = createDraw(baseUrl, { attempts: 5, initialDelay: SCALE, maxDelay: 60 * SCALE });
      return async (prompt) => {
        const drawn = await draw(PRIMARY, prompt);
        if (drawn.kind === 'none') throw new Error(drawn.why);
        return drawn.bytes;
      };
    }
  }
}
