/**
 * Causes that no retry cures. Each of these faults belongs to the key of the main route alone, or to a
 * request as it stands: a person may send it elsewhere, change it, or end it.
 */
import type { Scenario } from '../scenario.ts';

export const APPROVED: Scenario = {
  key: 'route-out',
  title: 'leaked key',
  trouble: '403: the key was reported as leaked',
  request: { prompt: 'a bunch of keys on a bench in the rain [[fault:key-leaked*always@key(main)]]' },
};

export const REJECTED: Scenario = {
  key: 'rejected',
  title: 'relay without credit',
  trouble: "402: the relay's account is empty",
  request: { prompt: 'a piggy bank on a doorstep, linocut [[fault:proxy-402*always@key(main)]]' },
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

export const WAITING: Scenario = {
  key: 'waiting',
  title: 'wrong region',
  trouble: '400: the location is not supported',
  request: { prompt: 'a ferry that waits at the pier, gouache [[fault:region*always@key(main)]]' },
};
