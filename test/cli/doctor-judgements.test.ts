/** What `doctor` makes of what it saw: each judgement on its own, without server, key or disk. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, findingOf } from '../../src/cli/doctor/check.ts';
import { judgeClock } from '../../src/cli/doctor/clock.ts';
import { judgeModels } from '../../src/cli/doctor/models.ts';
import { reachablePackages } from '../../src/cli/doctor/package-graph.ts';
import { judgePackages } from '../../src/cli/doctor/packages.ts';
import { judgePollers } from '../../src/cli/doctor/pollers.ts';
import type { CallRecord } from '../../src/cli/doctor/verdict.ts';
import { judgeVolume } from '../../src/cli/doctor/volume.ts';
import { lookAtWebhooks } from '../../src/cli/doctor/webhooks.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import type { WebhookSettings } from '../../src/webhooks/settings.ts';
import { webhooksOf } from '../../src/webhooks/settings.ts';
import { DEFAULT_CATALOGUE, DEFAULT_CHAIN } from '../../src/domain/catalogue.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('a check', () => {
  test('that hangs is a finding once its deadline has passed, and its work is told to stop', async () => {
    let stopped = false;
    const seen = await check('slow', 50, (signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise(() => undefined);
    });
    expect(seen).toMatchObject({ name: 'slow', status: 'failed', seen: 'no answer within 50 ms' });
    expect(stopped).toBe(true);
  });

  test('that throws is a finding, not a crash', async () => {
    const seen = await check('broken', 1_000, () => {
      throw new Error('what nobody expected');
    });
    expect(seen).toMatchObject({ status: 'failed', seen: 'what nobody expected' });
    expect(seen.cure).toBeDefined();
  });

  test('reads our errors as what happened and what to do', () => {
    expect(
      findingOf(new Error('artifact store file:///x: the disk is full — operator: free some space')),
    ).toEqual({
      status: 'failed',
      seen: 'artifact store file:///x: the disk is full',
      cure: 'operator: free some space',
    });
    expect(findingOf(new Error('no server at 127.0.0.1:7233: start one'))).toMatchObject({
      seen: 'no server at 127.0.0.1:7233',
      cure: 'start one',
    });
  });
});

describe('models', () => {
  const here = DEFAULT_CATALOGUE.filter(({ endpoint }) => endpoint === 'ai-studio');
  const everything = here.map(({ model }) => model);
  const judge = (live: readonly string[], chain: readonly string[] = DEFAULT_CHAIN, catalogue = here) =>
    judgeModels({ live, catalogue, chain, now: NOW });

  test('a chain that is live is well, whatever else is there', () => {
    expect(judge([...everything, 'gemini-flash-latest']).status).toBe('ok');
  });

  test('a chain model that is not there is a failure that names what replaces it', () => {
    const finding = judge(everything.slice(1));
    expect(finding).toMatchObject({ status: 'failed', facts: { gone: ['gemini-3-pro-image'] } });
    const old = judge(['gemini-3-pro-image'], ['gemini-2.5-flash-image']);
    expect(old.seen).toContain('gemini-2.5-flash-image (retired 49 days ago; use gemini-nano-banana-2.1)');
    expect(old.cure).toContain('take gemini-nano-banana-2.1 into');
  });

  test('a deprecated model in the chain is a warning while it still answers', () => {
    const finding = judge(everything, ['gemini-3.1-flash-image']);
    expect(finding.status).toBe('warning');
    expect(finding.seen).toContain('use gemini-nano-banana-2.1');
  });

  test('a chain model that retires within 30 days is a warning that names its replacement, one later is none', () => {
    const ends = (shutdownDate: string) =>
      here.map((entry) =>
        entry.model === 'gemini-3-pro-image'
          ? { ...entry, shutdownDate, replacement: 'gemini-nano-banana-2.1' }
          : entry,
      );
    expect(judge(everything, DEFAULT_CHAIN, ends('2026-12-20'))).toMatchObject({
      status: 'warning',
      seen: expect.stringContaining('gemini-3-pro-image (available; retires in 30 days;') as string,
      cure: 'take gemini-nano-banana-2.1 into the plugin option `chain` in place of gemini-3-pro-image',
      facts: { ending: ['gemini-3-pro-image'] },
    });
    expect(judge(everything, DEFAULT_CHAIN, ends('2026-12-22')).status).toBe('ok');
  });

  test('an image model that the catalogue does not know is named, and is no trouble', () => {
    const finding = judge([...everything, 'gemini-9-ultra-image', 'gemini-9-text']);
    expect(finding).toMatchObject({ status: 'ok', facts: { unknown: ['gemini-9-ultra-image'] } });
    expect(finding.seen).toContain('gemini-9-ultra-image');
  });
});

describe('the clock', () => {
  const call = (date: string, startedAt = NOW, tookMs = 300): CallRecord => ({
    outcome: { kind: 'answer', status: 200, headers: { date }, body: new Uint8Array() },
    startedAt,
    tookMs,
  });
  const at = (ms: number): string => new Date(NOW + ms).toUTCString();
  const judge = (given: Partial<Parameters<typeof judgeClock>[0]>) =>
    judgeClock({ call: undefined, pollers: [], listedAt: NOW, ...given });

  test('within two seconds is well', () => {
    for (const ms of [-1_900, -1_000, 0, 1_000, 2_000]) {
      expect(judge({ call: call(at(ms)) }).status).toBe('ok');
    }
  });

  test('more than two seconds off is a warning that says which way', () => {
    expect(judge({ call: call(at(10_000)) })).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(/9\.7 s behind/) as string,
    });
    expect(judge({ call: call(at(-10_000)) })).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(/9\.0 s ahead/) as string,
    });
  });

  test('a slow answer is no skew: its date lies anywhere between sending and reading', () => {
    expect(judge({ call: call(at(20_000), NOW, 40_000) }).status).toBe('ok');
  });

  test('a worker that polled in our future shows that we are behind', () => {
    const pollers = [{ identity: '1@host', lastPollAt: NOW + 5_000 }];
    expect(judge({ call: call(at(0)), pollers })).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(/5\.0 s in our future/) as string,
    });
  });

  test('with nothing to compare with it is skipped, with the reason', () => {
    expect(judge({})).toMatchObject({
      status: 'skipped',
      seen: expect.stringMatching(/no answer of Gemini/),
    });
    expect(judge({ call: call('not a date') }).status).toBe('skipped');
  });
});

describe('workers', () => {
  const poller = (ageMs: number, identity = '1@host') => ({ identity, lastPollAt: NOW - ageMs });

  test('must poll for workflows and for activities', () => {
    const halves = judgePollers({ workflows: [poller(1_000)], activities: [] }, 'q', NOW);
    expect(halves).toMatchObject({ status: 'failed', seen: 'nobody polls task queue q for activities' });
    expect(halves.cure).toContain('worker --task-queue q');
    expect(judgePollers({ workflows: [poller(1)], activities: [poller(1)] }, 'q', NOW).status).toBe('ok');
  });

  test('that polled long ago may be dead', () => {
    const finding = judgePollers({ workflows: [poller(200_000)], activities: [poller(1_000)] }, 'q', NOW);
    expect(finding).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(/the last poll was 200 s ago/) as string,
    });
  });

  test('are counted by identity', () => {
    const both = [poller(1, '1@a'), poller(1, '2@b')];
    expect(judgePollers({ workflows: both, activities: both }, 'q', NOW).seen).toContain('2 workers poll');
  });
});

describe('the volume of the store', () => {
  const disk = { path: '/data', isTemporary: false };

  test('in memory, in a container layer or in a temporary directory is a warning', () => {
    for (const volume of [
      { ...disk, type: { name: 'tmpfs', kind: 'memory' } as const },
      { ...disk, type: { name: 'overlayfs', kind: 'container' } as const },
      { path: '/tmp/store', isTemporary: true },
    ]) {
      expect(judgeVolume(volume, [], 'here')).toMatchObject({
        status: 'warning',
        cure: expect.stringMatching(/all workers and clients/),
      });
    }
  });

  test('of one host, with workers on another, is a warning; a shared one is none', () => {
    const elsewhere = ['12@here', '7@there'];
    expect(judgeVolume(disk, elsewhere, 'here')).toMatchObject({
      status: 'warning',
      seen: expect.stringMatching(/from there/) as string,
    });
    const shared = { ...disk, type: { name: 'NFS', kind: 'shared' } as const };
    expect(judgeVolume(shared, elsewhere, 'here').status).toBe('ok');
  });

  test('says that it must be the same on all hosts, which nobody can check from one', () => {
    expect(judgeVolume(disk, ['12@here'], 'here')).toMatchObject({
      status: 'ok',
      seen: expect.stringMatching(/same directory on all hosts/),
    });
  });
});

describe('packages', () => {
  const pkg = (name: string, version: string, directory = `/nm/${name}`) => ({ name, version, directory });
  const fine = [
    pkg('@temporalio/client', '1.24.0'),
    pkg('@temporalio/worker', '1.24.0'),
    pkg('protobufjs', '8.8.1'),
  ];
  const judge = (packages = fine, hoisted = ['8.8.1'], node = '24.1.0') =>
    judgePackages({ packages, hoisted, node });

  test('one version, one copy, protobufjs 8, a new Node: well', () => {
    expect(judge().status).toBe('ok');
  });

  test.each([
    [
      'two versions of the SDK',
      [...fine, pkg('@temporalio/common', '1.20.0')],
      undefined,
      undefined,
      /1\.24\.0 \(client, worker\), 1\.20\.0 \(common\)/,
    ],
    [
      'two copies of one package',
      [...fine, pkg('@temporalio/client', '1.24.0', '/other')],
      undefined,
      undefined,
      /two copies of @temporalio\/client/,
    ],
    ['protobufjs 7 in front', fine, ['7.5.4'], undefined, /protobufjs 7\.5\.4/],
    ['an old Node', fine, undefined, '20.11.0', /Node 20\.11\.0 is too old/],
    ['a Node just too old', fine, undefined, '22.17.9', /too old/],
  ] as const)('%s: a failure with its cure', (_name, packages, hoisted, node, seen) => {
    const finding = judge([...packages], hoisted === undefined ? undefined : [...hoisted], node);
    expect(finding).toMatchObject({ status: 'failed', seen: expect.stringMatching(seen) });
    expect(finding.cure).toBeTruthy();
  });

  test('a second copy is found wherever the package manager put it', async () => {
    const root = await mkdtemp(join(tmpdir(), 'packages-'));
    const install = async (at: string, name: string, version: string, dependencies = {}) => {
      const directory = join(root, at, 'node_modules', name);
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'package.json'), JSON.stringify({ name, version, dependencies }));
    };
    try {
      await writeFile(
        join(root, 'package.json'),
        JSON.stringify({ name: 'app', dependencies: { lib: '*', '@temporalio/client': '*' } }),
      );
      await install('', '@temporalio/client', '1.24.0');
      await install('', 'lib', '1.0.0', { '@temporalio/client': '*', gone: '*' });
      await install('node_modules/lib', '@temporalio/client', '1.19.0');
      const found = await reachablePackages([root], new AbortController().signal);
      expect(found.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
        '@temporalio/client 1.19.0',
        '@temporalio/client 1.24.0',
        'lib 1.0.0',
      ]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describe('webhooks', () => {
  const secret = 'a-secret-of-at-least-24-bytes';
  const OPS = { name: 'ops', url: 'https://hooks.example.com/a-token-in-the-path', secret };
  const judged = (...webhooks: readonly WebhookSettings[]) =>
    lookAtWebhooks(() => webhooksOf({ webhooks: [...webhooks] }), undefined);

  test('that hear everything are named with host and filter, and neither secret nor path is told (I7)', () => {
    const shop = { ...OPS, name: 'shop', events: ['done' as const], tags: ['shop'] };
    const found = judged(OPS, shop);
    expect(found).toMatchObject({
      status: 'ok',
      seen: 'ops at hooks.example.com: all events | shop at hooks.example.com: done; only tag shop',
    });
    expect(JSON.stringify(found)).not.toMatch(/a-secret|a-token/);
  });

  test.each<[string, WebhookSettings[], RegExp]>([
    [
      'http to elsewhere',
      [{ ...OPS, url: 'http://hooks.example.com', allowInsecure: true }],
      /^ops is told over http/,
    ],
    ['nobody for dead', [{ ...OPS, events: ['done', 'hold-opened'] }], /^nobody hears dead wherever/],
    ['only some of the dead', [{ ...OPS, tags: ['shop'] }], /^nobody hears dead and hold-opened/],
  ])('%s is a warning', (_, webhooks, cure) => {
    expect(judged(...webhooks)).toMatchObject({ status: 'warning', cure: expect.stringMatching(cure) });
  });

  test('http to this machine is none', () => {
    expect(judged({ ...OPS, url: 'http://127.0.0.1:9000/x' })).toMatchObject({ status: 'ok' });
  });

  test('with which no worker would start have failed: a name twice, a route that is none, a file that is not there', () => {
    expect(judged(OPS, OPS)).toMatchObject({
      status: 'failed',
      cure: expect.stringContaining('ops is taken'),
    });
    const worker = { routes: [], catalogue: DEFAULT_CATALOGUE };
    const routed = () => webhooksOf({ webhooks: [{ ...OPS, routes: ['nowhere'] }] });
    expect(lookAtWebhooks(routed, worker)).toMatchObject({ status: 'failed' });
    const missing = (): never => {
      throw new UsageError('--webhooks x.json cannot be read (ENOENT): give a JSON file');
    };
    expect(lookAtWebhooks(missing, undefined)).toMatchObject({ status: 'failed', cure: 'give a JSON file' });
  });

  test('that are not named here are nobody’s duty, and it is said that they were not seen', () => {
    const found = lookAtWebhooks(() => undefined, undefined);
    expect(found).toMatchObject({ status: 'ok', seen: expect.stringContaining('not seen here') });
  });
});
