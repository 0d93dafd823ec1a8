import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { GeminiImagesPlugin } from '../../src/plugin/gemini-images-plugin.ts';
import type { GeminiImagesPluginOptions } from '../../src/plugin/options.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';

const store = new MemoryArtifactStore();

function plugin(options: Partial<GeminiImagesPluginOptions> = {}): GeminiImagesPlugin {
  return new GeminiImagesPlugin({ apiKey: 'a-key', store, ...options });
}

function configure(options: Partial<WorkerOptions>, given = plugin()): Promise<WorkerOptions> {
  return given.configureWorker({ taskQueue: 'q', ...options });
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

describe('plugin: workflows', () => {
  it('gives ours to a worker that has none', async () => {
    expect((await configure({})).workflowsPath).toBe(ourWorkflowsPath());
  });

  it("never replaces the user's file that re-exports ours", async () => {
    const theirs = fixture('with-ours.ts');
    expect((await configure({ workflowsPath: theirs })).workflowsPath).toBe(theirs);
  });

  it("says at start when the user's file lacks ours, and how to cure it", async () => {
    await expect(configure({ workflowsPath: fixture('without-ours.ts') })).rejects.toThrow(
      /without-ours\.ts does not export geminiGeneration.*export \* from 'temporal-gemini-images\/workflows'/,
    );
  });

  it('says at start when a prebuilt bundle lacks ours', async () => {
    await expect(configure({ workflowBundle: { code: 'nothing here' } })).rejects.toThrow(
      'lacks geminiGeneration',
    );
    const code = Object.values(WORKFLOW_TYPES).join(' ');
    const bundled = await configure({ workflowBundle: { code } });
    expect(bundled.workflowsPath).toBeUndefined();
  });
});

describe('plugin: bundle and client', () => {
  it("bundles ours where the user bundles no file, and leaves the user's alone", () => {
    expect(plugin().configureBundler({ workflowsPath: '' }).workflowsPath).toBe(ourWorkflowsPath());
    expect(plugin().configureBundler({ workflowsPath: '/theirs.ts' }).workflowsPath).toBe('/theirs.ts');
  });

  it('changes nothing of a client', () => {
    const options = { namespace: 'theirs' };
    expect(plugin().configureClient(options)).toBe(options);
  });
});

describe('plugin: activities', () => {
  it("keeps the user's activities beside ours", async () => {
    const mine = async () => 'mine';
    const { activities } = await configure({ activities: { mine } });
    expect(Object.keys(activities ?? {})).toEqual(
      expect.arrayContaining(['mine', 'gemini.generate', 'gemini.checkQuota']),
    );
  });

  it('throws on a name clash instead of winning silently', async () => {
    const clash = { 'gemini.generate': async () => 'theirs' };
    await expect(configure({ activities: clash })).rejects.toThrow(
      'activity gemini.generate is defined twice',
    );
  });

  it('is idempotent: the same plugin on connection and worker is applied twice', async () => {
    const given = plugin();
    const once = await configure({}, given);
    expect(await given.configureWorker(once)).toEqual(once);
  });
});

describe('plugin: shutting down never cuts a paid call', () => {
  it('sets a grace time above the longest call', async () => {
    expect((await configure({})).shutdownGraceTime).toBeGreaterThanOrEqual(600_000);
  });

  it('keeps a longer one and refuses a shorter one, with the numbers', async () => {
    expect((await configure({ shutdownGraceTime: '1 hour' })).shutdownGraceTime).toBe('1 hour');
    await expect(configure({ shutdownGraceTime: '30 s' })).rejects.toThrow(
      /shutdownGraceTime is 30 s: a call may take 600000 ms/,
    );
  });
});

describe('plugin: options', () => {
  const wrong: readonly [string, Partial<GeminiImagesPluginOptions>, RegExp][] = [
    ['an empty key', { apiKey: ' ' }, /apiKey of route default is empty/],
    ['key and routes together', { routes: [{ name: 'a', apiKey: 'k' }] }, /either apiKey or routes/],
    ['a time scale of 0', { timeScale: 0 }, /timeScale is 0/],
    ['a model that is new and incomplete', { catalogue: [{ endpoint: 'ai-studio', model: 'new' }] }, /new/],
  ];

  it.each(wrong)('%s is refused with the cure', (_, options, message) => {
    expect(() => plugin(options)).toThrow(message);
  });

  it('two routes of one name, and no route at all, are refused', () => {
    const twice = { name: 'a', apiKey: 'k' };
    expect(() => new GeminiImagesPlugin({ store, routes: [twice, twice] })).toThrow('must differ');
    expect(() => new GeminiImagesPlugin({ store })).toThrow('give the worker a Gemini API key');
  });

  it('I7: no error and no resolved option prints the key', () => {
    const secret = 'AIza-very-secret-0123456789';
    const { resolved } = plugin({ apiKey: secret });
    expect(JSON.stringify(resolved.routes)).not.toContain(secret);
    expect(resolved.redactor.text(`Consumer 'api_key:${secret}' has been suspended`)).not.toContain(secret);
  });

  it("single numbers of a branch's policy may be changed, the rest stays", () => {
    const { numbers } = plugin({ policies: { capacity: { retests: 2 } } }).resolved;
    expect(numbers.capacity).toMatchObject({ retests: 2, proof: 2, capMs: 300_000 });
    expect(numbers.internal).toMatchObject({ retests: 3 });
  });
});
