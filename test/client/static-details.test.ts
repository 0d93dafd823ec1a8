/** What was asked stands in the Temporal UI from the start, and no more of it than the caller allows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staticDetails } from '../../src/client/static-details.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

describe('static details', () => {
  it('tell model, size, inputs, permissions, deadline and calls', () => {
    const details = staticDetails(
      resolveRequest({
        prompt: 'a fox\nin snow',
        model: 'gemini-3-pro-image',
        size: '2K',
        inputs: [
          { kind: 'artifact', sha256: 'a'.repeat(64), mime: 'image/png', bytes: 12 },
          { kind: 'url', url: 'https://example.com/fox.png?token=secret' },
        ],
        allow: { models: 'chain', inputs: true },
        maxCostUsd: 2,
        tags: ['a|b'],
      }),
    );
    expect(details).toContain('- **model** gemini-3-pro-image');
    expect(details).toContain('- **size** 2K, ratio the model');
    expect(details).toContain('image/png, 12 bytes, aaaaaaaaaaaa; example.com (URL)');
    expect(details).toContain('- **allowed beforehand** models: chain; inputs: yes');
    expect(details).toContain('- **deadline** 24 h from the start (standard), 180 s a call');
    expect(details).toContain('at most 12, of which 5 may be billed, at most $2');
    expect(details).toContain('- **tags** a|b');
    expect(details).toContain('> a fox\n> in snow');
    expect(details).not.toContain('secret');
  });

  it('keep a hidden prompt and the whole of a long one to themselves', () => {
    const hidden = staticDetails(resolveRequest({ prompt: 'a shy fox', hidePrompt: true }));
    expect(hidden).not.toContain('shy');
    expect(staticDetails(resolveRequest({ prompt: 'x'.repeat(8_000) })).length).toBeLessThan(2_000);
  });
});

describe('in Temporal', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  it('they are there before any worker is', async () => {
    const { id } = await rig.images.start({ prompt: 'a fox', size: '2K', allow: 'available' });
    const execution = await rig.client.workflow.getHandle(id).describe();
    expect(await execution.staticDetails()).toContain('whatever is available');
    expect(await execution.staticSummary()).toBe('default model: a fox');
    const { id: hidden } = await rig.images.start({ prompt: 'a shy fox', hidePrompt: true });
    const shy = await rig.client.workflow.getHandle(hidden).describe();
    expect(`${await shy.staticDetails()}${await shy.staticSummary()}`).not.toContain('shy');
  });
});
