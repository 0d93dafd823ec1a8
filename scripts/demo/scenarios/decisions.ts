/**
 * Causes that no retry cures. Each of these faults belongs to the key of the main route alone, or to a
 * request as it stands: a person may send it elsewhere, change it, or end it.
 */
import type { Scenario } from '../scenario.ts';

export const APPROVED: Scenario = {
  key: 'route-out',
  title: 'not on this endpoint',
  trouble: '404: the model is not here',
  request: { prompt: 'an empty plinth in a museum at dusk [[fault:model-404*always@key(main)]]' },
};

export const REJECTED: Scenario = {
  key: 'rejected',
  title: 'gone from this endpoint',
  trouble: '404: the model was shut down',
  request: { prompt: 'a shop with its shutters down, linocut [[fault:model-retired*always@key(main)]]' },
};

export const STALE: Scenario = {
  key: 'stale-approval',
  title: 'two causes in a row',
  trouble: '403 leaked key; then 400 billing disabled',
  request: { prompt: 'a revolving door with two visitors, ink [[fault:key-leaked, billing-disabled]]' },
};

const CATEGORY = 'HARM_CATEGORY_DANGEROUS_CONTENT';
/** What the dead letter's request meant to say. */
export const LOOSE = [{ category: CATEGORY, threshold: 'BLOCK_NONE' }];

/** The provider's own check finds it: no fault is ordered. */
export const REVIVED: Scenario = {
  key: 'revived',
  title: 'invalid request',
  trouble: '400: a value that does not exist',
  request: {
    prompt: 'a phoenix made of paper, studio light',
    safetySettings: [{ category: CATEGORY, threshold: 'BLOCK_NOTHING' }],
  },
};

/** Goes first once the causes before it were fixed. */
export const PROOF: Scenario = {
  key: 'proof',
  title: 'the key works again',
  trouble: 'goes first after both holds',
  request: { prompt: 'a canary on a lamp at the mouth of a mine, etching' },
};

export const WAITING: Scenario = {
  key: 'waiting',
  title: 'wrong region',
  trouble: '400: the location is not supported',
  request: { prompt: 'a ferry that waits at the pier, gouache [[fault:region*always@key(main)]]' },
};
