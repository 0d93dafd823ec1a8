/** One cause that stops many: a key that was reported as leaked, and what was asked of it meanwhile. */
import type { Scenario } from '../scenario.ts';

/** Its call is the only one that meets the cause. */
export const LEAKED: Scenario = {
  key: 'leaked-key',
  title: 'leaked key',
  trouble: '403: the key was reported as leaked',
  request: { prompt: 'a bunch of keys on a bench in the rain [[fault:key-leaked@key(main)]]' },
};

const PROMPTS = [
  'a queue of penguins before a closed door, gouache',
  'sheep at a railway barrier, woodcut',
  'parcels on a conveyor belt that stands still, isometric',
  'a gondola at the foot of a mountain in fog, poster',
  'five kites on the ground before the wind, watercolor',
];

/** Started once the cause is known: held without a call. */
export const BEHIND: readonly Scenario[] = PROMPTS.map((prompt, i) => ({
  key: `behind-${i + 1}`,
  title: `behind the hold, ${i + 1}`,
  trouble: 'held with the others, without a call',
  request: { prompt },
}));
