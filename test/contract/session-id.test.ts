/** Ids of sessions and of the generations that make their turns: each is found from the other. */
import { expect, test } from 'vitest';
import { sessionId, sessionName, turnGenerationId, turnOfGeneration } from '../../src/contract/session-id.ts';

test.each([
  ['campaign-7', 'sky'],
  ['autumn/2026', 'a/b'],
  ['fuchs & hut', 'schnee, bitte'],
  ['100 %', '%2F'],
])('session %j and turn %j are found in the id of the generation', (name, turnId) => {
  const session = sessionId(name);
  expect(turnOfGeneration(turnGenerationId(session, turnId))).toEqual({ session, turnId });
  expect(sessionName(session)).toBe(name);
});

test.each([
  'gemini-image/6cfb',
  'gemini-session/fox',
  'gemini-session/fox/',
  'gemini-session/fox/%',
  'my/own/id',
])('%j makes no turn', (id) => {
  expect(turnOfGeneration(id)).toBeUndefined();
});
