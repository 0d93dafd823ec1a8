import { expect, test } from 'vitest';
import { lostArtifact } from '../../activities/lost-artifact.ts';
import { ArtifactCorrupt, ArtifactMissing } from '../../src/artifacts/errors.ts';

test('what a conversation lost is cured by an earlier turn, and that is told before a long path', () => {
  const lost = lostArtifact('conversation', new ArtifactCorrupt('/very/long/path no longer has its hash'));
  expect(lost?.message).toBe(
    'something of it was altered in the store: undo or fork an earlier turn, or restore it; /very/long/path no longer has its hash',
  );
  expect(lostArtifact('conversation', new ArtifactMissing('gone'))?.message).toMatch(
    /^something of it is not in/,
  );
});

test('of other fields the store speaks, and other errors are none of it', () => {
  expect(lostArtifact('inputs[0]', new ArtifactMissing('gone'))).toMatchObject({
    field: 'inputs[0]',
    message: 'gone',
  });
  expect(lostArtifact('prompt', new Error('disk'))).toBeUndefined();
});
