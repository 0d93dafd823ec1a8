/**
 * Words of a text model that are no use to whoever ordered a job: nothing, the same again, a refusal,
 * too much, prose where JSON is due. Each is a 200 that ends in STOP.
 */
import { jsonOf } from '../text/job.ts';
import type { TextJob } from '../text/job.ts';
import type { PresetTable, TextPreset } from './preset.ts';

const LONG = 10_000;
const PADDING = 'a calm scene in soft light, seen from a little above, with every detail in its place, ';

const words = (about: string, answer: (job: TextJob) => string): TextPreset => ({
  kind: 'text',
  stage: 'model',
  branch: 'text',
  about,
  words: answer,
});

export const TEXT_PRESETS = {
  'text-empty': words('text model: no words at all', () => ''),
  'text-same': words('text model: the prompt comes back unchanged, commands included', (job) =>
    asOrdered(job, job.prompt),
  ),
  'text-refusal': words(
    'text model: a refusal in plain words',
    () => "I can't help with rewriting that request.",
  ),
  'text-long': words('text model: a rewrite of 10,000 characters', (job) =>
    asOrdered(job, PADDING.repeat(Math.ceil(LONG / PADDING.length)).slice(0, LONG)),
  ),
  'text-not-json': words(
    'text model: prose where JSON was ordered',
    () => 'Sure! Here is a better prompt: a calm scene in a flat vector style. Shall I go on?',
  ),
} as const satisfies PresetTable;

/** A prompt in the form that the job orders. */
function asOrdered(job: TextJob, prompt: string): string {
  switch (job.task) {
    case 'rewrite':
      return jsonOf({ prompt, techniques: [] });
    case 'simplify':
      return jsonOf({ core: prompt, requirements: [] });
    case 'none':
      return prompt;
  }
}
