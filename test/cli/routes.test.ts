/**
 * An operator on the bad day, at a prompt: sees what stops the fleet and what waits for it, and ends it with
 * the very command lines that were printed. Real programs, a real server and governor; a scripted process
 * stands for the fleet.
 */
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { MemoState } from '../../src/contract/names.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet, Governors } from '../client/fleet.ts';
import { EVIDENCE, LEAKED, MODEL, report, startGovernors, startWaiting, wakes } from '../client/fleet.ts';
import type { Ended } from './program.ts';
import { jsonLines, onlyJson, run } from './program.ts';

/** Milliseconds: several programs, one after another, one of which waits for 11 s. */
const SLOW = 120_000;
const SAID = ['--by', 'ann', '--why', 'the key was replaced'];

let server: DevServer;
let connection: Connection;
let client: Client;
let governors: Governors;
let fleet: Fleet;

beforeAll(async () => {
  server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection, namespace: server.namespace });
  governors = await startGovernors(client, server);
  fleet = await governors.start();
  await fleet.exchange({ routes: [report(fleet, LEAKED)] });
  await eventually('the governor in the list', async () => {
    const { stdout } = await cli(['routes', '--json']);
    return JSON.parse(stdout).length === 1;
  });
});
afterAll(async () => {
  await governors.close();
  await connection.close();
  await server.stop();
});

function cli(args: readonly string[]): Promise<Ended> {
  return run(args, {
    env: {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
      GEMINI_IMAGES_OPERATOR: 'ann',
    },
  });
}

/** The arguments of a command line as it was printed, with a reason instead of the placeholder. */
function pasted(text: string, beginning: string): readonly string[] {
  const line = text.split('\n').find((each) => each.includes(`gemini-images -- ${beginning}`));
  const args = /gemini-images -- (.*)$/.exec(line ?? '')?.[1];
  if (args === undefined) throw new Error(`no line to paste begins with ${beginning}:\n${text}`);
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return words.map((word) => (word === '…' ? 'as the page says' : word));
}

function memo(): MemoState {
  return {
    phase: 'held',
    why: 'held by h-1: the key was reported as leaked',
    since: Date.now() - 60_000,
    ask: {
      evidence: EVIDENCE,
      choices: ['route-out backup', 'retry'],
      worstUsd: { 'route-out backup': 0.134 },
    },
    cause: {
      branch: 'permission',
      reason: 'key-leaked',
      scope: { kind: 'credential', key: fleet.credential },
      hold: 'h-1',
      account: fleet.id,
    },
    verdicts: [],
  };
}

describe('the bad day', { timeout: SLOW }, () => {
  test('one look shows the hold, one the cause, and the printed line answers all that wait', async () => {
    const ids = [];
    for (let i = 0; i < 3; i += 1) ids.push(await startWaiting(client, memo()));
    const causes = await eventually('all of them by cause', async () => {
      const { stdout } = await cli(['list', '--causes']);
      return stdout.includes(`3 × permission@credential:${fleet.credential}`) && stdout;
    });
    expect(causes).toContain(`, hold h-1 of ${fleet.id}`);
    expect(causes).toContain('or let 3 leave to backup, at most 0.134 USD each and 0.402 USD in all');
    expect(causes).toContain('1 cause, 3 generations of 3 looked at');
    expect(onlyJson((await cli(['list', '--causes', '--json'])).stdout)).toMatchObject({
      causes: [{ name: `permission@credential:${fleet.credential}`, count: 3, hold: 'h-1' }],
      lookedAt: 3,
      complete: true,
    });

    const routes = await cli(['routes']);
    expect(routes.code).toBe(EXIT.ok);
    expect(routes.stdout).toContain(`HOLD h-1  permission/key-leaked  credential:${fleet.credential}`);
    const shown = await cli(['routes', 'show', 'h-1']);
    expect(shown.stdout).toMatch(new RegExp(`hold-opened {2}h-1 credential ${fleet.credential}`));
    expect(JSON.parse((await cli(['routes', 'show', MODEL, '--json'])).stdout)).toMatchObject([
      { kind: 'route', governor: fleet.id, route: { calls: 1 } },
    ]);

    const granted = await cli(pasted(causes, 'approve --cause'));
    expect(granted).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(granted.stdout).toMatch(
      new RegExp(`3 × permission@credential:${fleet.credential}[^]*grant g-1[^]*\\n {2}3 woken`),
    );
    for (const id of ids) expect(await wakes(client, id)).toBe(1);

    const grants = await cli(['grants']);
    expect(grants.stdout).toContain(`g-1  permission@credential:${fleet.credential} may leave to backup`);
    expect(grants.stdout).toContain('0 used it, 0.00 USD of at most 0.410 USD reserved');
    expect(JSON.parse((await cli(['grants', '--json'])).stdout)).toMatchObject([
      { governor: fleet.id, grant: { id: 'g-1', evidence: EVIDENCE, by: 'ann' } },
    ]);
    const revoked = await cli(pasted(grants.stdout, 'grants revoke'));
    expect(revoked).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(revoked.stdout).toContain(`revoked  g-1 of ${fleet.id} by ann`);
    for (const id of ids) await client.workflow.getHandle(id).terminate('the test is over');
  });

  test('a pause prints the line that ends it', async () => {
    const paused = await cli(['routes', 'pause', MODEL, ...SAID]);
    expect(paused).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(paused.stdout).toContain(`route:${fleet.credential}/${MODEL}/standard of ${fleet.id} by ann`);
    const resumed = await cli([...pasted(paused.stdout, 'routes resume'), '--json']);
    expect(resumed.code).toBe(EXIT.ok);
    expect(onlyJson(resumed.stdout)).toMatchObject({
      governor: fleet.id,
      phase: 'released',
      woken: 0,
      left: 0,
    });
  });
});

describe('mistakes', { timeout: SLOW }, () => {
  test.each([
    [
      ['routes', 'resume', 'h-9', ...SAID],
      EXIT.usage,
      'HOLD: must be an open hold: h-1 (permission, credential:',
    ],
    [
      ['routes', 'pause', 'model:nano', ...SAID],
      EXIT.usage,
      `SCOPE: must be one that a governor has seen: model:${MODEL}`,
    ],
    [
      ['routes', 'pause', 'model:nano', '--governor', 'google/ai-studio/x', ...SAID],
      EXIT.usage,
      'no governor google/ai-studio/x: known here: ',
    ],
    [
      ['routes', 'end-degraded', MODEL, ...SAID],
      EXIT.usage,
      'ROUTE: must be one that is degraded, and none is',
    ],
    [['routes', 'show', 'h-9'], EXIT.usage, 'NAME: nothing is called h-9: there is h-1'],
    [['routes', 'h-1'], EXIT.usage, 'to see one, `routes show h-1`'],
    [['grants', 'revoke', 'g-9', ...SAID], EXIT.usage, 'ID: must be a grant: '],
    [
      ['routes', 'resume', 'h-1', '--by', 'ann', '--why', '…'],
      EXIT.usage,
      '--why: say why in your own words',
    ],
    [['routes', 'resume', 'h-1'], EXIT.usage, "required option '--why <text>' not specified"],
    [
      ['approve', '--cause', 'permision', '--route', 'b', '--until', '2h', '--max-cost', '1', ...SAID],
      EXIT.usage,
      '--cause: must be one that somebody waits for: ',
    ],
    [
      ['approve', '--cause', 'permission', '--route', 'b', '--until', '2h', ...SAID],
      EXIT.usage,
      '--max-cost: say at most how many USD',
    ],
    [['approve', ...SAID], EXIT.usage, 'ID: give the id of a generation, or --cause'],
    [['approve', 'id', '--max-cost', '1', ...SAID], EXIT.usage, '--max-cost: goes with --cause'],
    [['approve', 'id', '--cause', 'permission', ...SAID], EXIT.usage, 'not both'],
    [['list', '--causes', '--branch', 'capacity'], EXIT.usage, 'add --dead'],
  ])('%j: %i, %s', async (args, code, sentence) => {
    const ended = await cli(args);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expect(ended.stderr).toContain(sentence);
  });

  test('what the governor refuses is said in its words, with --json as the one object', async () => {
    const first = await cli(['routes', 'pause', MODEL, ...SAID]);
    expect(first.code).toBe(EXIT.ok);
    const again = await cli(['routes', 'pause', MODEL, ...SAID, '--json']);
    expect(again.code).toBe(EXIT.failed);
    expect(jsonLines(again.stdout)).toMatchObject([
      {
        outcome: 'error',
        error: { name: 'RouteCommandRefused', message: expect.stringContaining('was paused by ann before') },
      },
    ]);
  });
});
