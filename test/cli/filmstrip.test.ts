/** The filmstrip: whatever was asked and whatever the store has lost, the page is whole and harmless. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { putContents } from '../../src/artifacts/contents.ts';
import { grown } from '../../src/artifacts/conversation.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { framesOf } from '../../src/cli/filmstrip/frame.ts';
import { filmstripPage } from '../../src/cli/filmstrip/page.ts';
import type { SessionSight } from '../../src/client/session-sight.ts';
import { UnknownGeneration } from '../../src/client/errors.ts';
import type { GeminiImages } from '../../src/client/gemini-images.ts';
import type { SessionView, TurnDone, TurnView } from '../../src/contract/session.ts';
import type { ImageRef } from '../../src/domain/artifact.ts';
import type { GenerationRequest, Past } from '../../src/domain/request.ts';

const HOSTILE = '</p><script>alert(1)</script>"><img src=x onerror=alert(2)> & \u202egnp.exe';
const KEY = 'AIzaSyD3m0key-0123456789abcdefghijklmno';
const AT = Date.UTC(2026, 10, 21, 14, 5);
const LOST: ImageRef = { sha256: '0'.repeat(64), mime: 'image/png', bytes: 1, width: 1, height: 1 };

const view: SessionView = {
  ...{ id: 'gemini-session/fox', status: 'open', queued: 0, turns: 1, createdAt: AT, expiresAt: AT + 1 },
  settings: { defaults: { model: 'gemini-3-pro-image' }, overflow: 'fail', idleMs: 86_400_000 },
  cost: { sureUsd: 0.134, possibleUsd: 0.402 },
};

function turn(turnId: string, more: Partial<TurnView> = {}): TurnView {
  return {
    ...{ turnId, generationId: `${view.id}/${turnId}`, status: 'done', acceptedAt: AT, excerpt: 'a fox' },
    ...more,
  };
}

function done(images: readonly ImageRef[], more: Partial<TurnDone> = {}): TurnDone {
  return {
    ...{ images, route: 'default', model: 'gemini-3-pro-image', use: 'verbatim', warnings: [] },
    cost: { sureUsd: 0.134, possibleUsd: 0 },
    ...more,
  };
}

async function stored(store: ArtifactStore, width = 1_500): Promise<ImageRef> {
  const bytes = await sharp({ create: { width, height: 900, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  return { ...(await store.put(bytes, 'image/png')), width, height: 900 };
}

interface Known {
  readonly seen?: SessionView;
  readonly requests?: Readonly<Record<string, Partial<GenerationRequest>>>;
  /** What the turns' results say; absent: nobody knows them any more. */
  readonly made?: readonly ImageRef[];
  readonly drafts?: boolean;
}

async function page(store: ArtifactStore, turns: readonly TurnView[], known: Known = {}): Promise<string> {
  const { seen = view, requests = {}, made, drafts = false } = known;
  const client = {
    request: async (id: string) => requests[id.slice(view.id.length + 1)],
    result: async (id: string) => {
      if (made === undefined) throw new UnknownGeneration(id);
      return { drafts: made };
    },
  } as unknown as GeminiImages;
  const sight: SessionSight = { view: seen, turns };
  return filmstripPage(seen, await framesOf(client, store, sight, { drafts }));
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Elements that a browser would make of it, by their names. */
function tags(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name ?? ''));
}

describe('a hostile session', () => {
  test('no text becomes markup, wherever it stands', async () => {
    const store = new MemoryArtifactStore();
    const html = await page(
      store,
      [
        turn(HOSTILE, { excerpt: HOSTILE, done: done([await stored(store)], { warnings: [HOSTILE] }) }),
        turn('b', {
          excerpt: HOSTILE,
          status: 'failed',
          after: HOSTILE,
          failed: { branch: HOSTILE, reason: HOSTILE, why: HOSTILE },
        }),
      ],
      {
        seen: {
          ...view,
          id: HOSTILE,
          head: HOSTILE,
          from: { session: HOSTILE, turnId: HOSTILE },
          settings: { ...view.settings, defaults: { model: HOSTILE } },
        },
        requests: { b: { prompt: HOSTILE, hidePrompt: false, inputs: [{ kind: 'url', url: HOSTILE }] } },
      },
    );
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x');
    expect([...tags(html)].filter((name) => ['script', 'a', 'iframe', 'link'].includes(name))).toEqual([]);
    expect(count(html, /<img /g)).toBe(1);
    expect(
      count(
        html,
        /<img src="data:image\/webp;base64,[A-Za-z0-9+/=]+" width="\d+" height="\d+" alt="[\w ]+">/g,
      ),
    ).toBe(1);
  });

  test('nothing is fetched or run: it needs no other file, and its own policy forbids all but its pictures', async () => {
    const store = new MemoryArtifactStore();
    const html = await page(store, [turn('a', { done: done([await stored(store)]) })]);
    expect(html).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/(?:src|href|url)\s*[=(]\s*["']?(?!data:)[a-z]*:?\/\//i);
  });

  test('a key in a prompt is not repeated (I7), and a picture is never altered by looking for one', async () => {
    const store = new MemoryArtifactStore();
    const image = await stored(store);
    const html = await page(store, [turn('a', { done: done([image]) })], {
      requests: { a: { prompt: `with ${KEY}`, hidePrompt: false, inputs: [] } },
    });
    expect(html).toContain('with [redacted]');
    expect(html).not.toContain(KEY);
    const [, data = ''] = /base64,([A-Za-z0-9+/=]+)"/.exec(html) ?? [];
    expect(await sharp(Buffer.from(data, 'base64')).metadata()).toMatchObject({ format: 'webp', width: 960 });
  });
});

describe('what is lost', () => {
  test('an image that the store has lost: its frame says so, the others are whole', async () => {
    const store = new MemoryArtifactStore();
    const html = await page(store, [
      turn('a', { done: done([await stored(store)]) }),
      turn('b', { after: 'a', done: done([LOST]) }),
    ]);
    expect(count(html, /<li class="frame /g)).toBe(2);
    expect(count(html, /<img /g)).toBe(1);
    expect(html).toContain('image 000000000000… is not in the store any more');
  });

  test('bytes that are no image: told in the frame, not thrown', async () => {
    const store = new MemoryArtifactStore();
    const ref = { ...LOST, ...(await store.put(new Uint8Array([1, 2, 3]), 'image/png')) };
    expect(await page(store, [turn('a', { done: done([ref]) })])).toContain('cannot be shown');
  });

  test('a store that is away fails the page: it would only say that everything is lost', async () => {
    class Away extends Error {
      override readonly name = 'StoreUnavailable';
    }
    const store = { get: () => Promise.reject(new Away('the store is away')) } as unknown as ArtifactStore;
    await expect(page(store, [turn('a', { done: done([LOST]) })])).rejects.toThrow('the store is away');
  });

  test('a request that Temporal has forgotten: the prompt is read from the stored conversation', async () => {
    const store = new MemoryArtifactStore();
    const long = `a fox ${'with a long tail '.repeat(20)}`;
    const inputs = [{ kind: 'artifact' as const, ...(await stored(store)) }];
    const model = await putContents(store, [{ role: 'model', parts: [{ text: 'here' }] }], []);
    const said = { generationId: 'g', signedBy: 's', promptTokens: 1, model: model.sha256 };
    const { sha256 } = await grown(store, undefined, { ...said, inputs, prompt: long });
    const past = { sha256 } as Past;
    const html = await page(store, [turn('a', { done: done([], { past }) })]);
    expect(html).toContain(`>${long}</p>`);
    expect(html).toContain('as it was sent');
    const lost = await page(store, [
      turn('a', { done: done([], { past: { sha256: LOST.sha256 } as Past }) }),
    ]);
    expect(lost).toMatch(/>a fox<\/p>.*its beginning/s);
  });
});

describe('what a frame tells', () => {
  test('a hidden prompt says so, and none of its words is there', async () => {
    const store = new MemoryArtifactStore();
    const { excerpt: _, ...hidden } = turn('a', { done: done([]) });
    const requests = { a: { prompt: 'a secret fox', hidePrompt: true, inputs: [] } };
    const html = await page(store, [hidden], { requests });
    expect(html).toContain('<p class="prompt hidden">hidden</p>');
    expect(html).not.toContain('secret');
  });

  test('undone, failed, waiting: each is visibly so, and a turn that goes on from an earlier one names it', async () => {
    const store = new MemoryArtifactStore();
    const html = await page(
      store,
      [
        turn('a', { done: done([]) }),
        turn('b', { after: 'a', undone: true, done: done([], { use: 'reseeded' }) }),
        turn('c', {
          after: 'a',
          status: 'failed',
          failed: { branch: 'policy', reason: 'blocklist', why: 'policy/blocklist: it was blocked' },
        }),
        turn('d', { status: 'queued' }),
      ],
      { seen: { ...view, head: 'a' } },
    );
    const classes = [...html.matchAll(/<li class="frame ([\w-]+)"/g)].map(([, name]) => name);
    expect(classes).toEqual(['head', 'undone', 'failed', 'queued']);
    expect(html).toContain('<strong>policy/blocklist</strong><p dir="auto">it was blocked</p>');
    expect(html).toContain('began anew with the last image');
    expect(count(html, /goes on from turn a</g)).toBe(1);
    expect(html).toContain('waits for the turns before it');
  });

  test('drafts only where they are asked for, and none where nobody knows them any more', async () => {
    const store = new MemoryArtifactStore();
    const turns = [turn('a', { done: done([]) })];
    const made = [await stored(store, 800)];
    expect(count(await page(store, turns, { made, drafts: true }), /alt="draft"/g)).toBe(1);
    expect(count(await page(store, turns, { made }), /alt="draft"/g)).toBe(0);
    expect(count(await page(store, turns, { drafts: true }), /alt="draft"/g)).toBe(0);
  });

  test('input images are shown, a URL is told and never fetched', async () => {
    const store = new MemoryArtifactStore();
    const { sha256, mime, bytes } = await stored(store);
    const inputs = [
      { kind: 'artifact' as const, sha256, mime, bytes },
      { kind: 'url' as const, url: 'https://127.0.0.1:1/fox.png' },
    ];
    const html = await page(store, [turn('a')], {
      requests: { a: { prompt: 'x', hidePrompt: false, inputs } },
    });
    expect(count(html, /alt="input image"/g)).toBe(1);
    expect(html).toContain('<code>https://127.0.0.1:1/fox.png</code>');
  });

  test('the header: id, origin of a fork, sums, what is possible apart from what is sure', async () => {
    const seen = { ...view, from: { session: 'gemini-session/old', turnId: 'hat' } };
    const html = await page(new MemoryArtifactStore(), [], { seen });
    expect(html).toContain('<h1>gemini-session/fox</h1>');
    expect(html).toContain('Goes on from turn <bdi>hat</bdi> of <bdi>gemini-session/old</bdi>.');
    expect(html).toContain('<dt>USD sure</dt><dd>0.134</dd>');
    expect(html).toContain('<dt>USD possible</dt><dd>0.402</dd>');
    expect(html).toContain('No turn yet.');
  });
});
