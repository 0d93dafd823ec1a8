/** `npm run demo` as a newcomer runs it: every family of branches, a story that fits, counts that hold. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditTotals } from '../../../scripts/demo/audit-totals.ts';
import type { Branch } from '../../../src/domain/branch.ts';
import { ROOT } from '../../support/root.ts';

const DEADLINE_MS = 240_000;
const LINES = 130;

const FAMILIES: readonly Branch[] = [
  'quota-minute',
  'quota-day',
  'quota-zero',
  'quota-storage',
  'billing',
  'capacity',
  'internal',
  'gateway-fault',
  'timeout',
  'network',
  'interrupted',
  'no-image',
  'safety-prompt',
  'safety-image',
  'policy',
  'permission',
  'region',
  'gateway-denial',
  'invalid-request',
  'file',
  'model-gone',
  'signature',
  'unknown',
];

let out: string;
let lines: readonly string[];
let totals: AuditTotals;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'demo-'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/demo.ts', '--json', '--out', out],
    { cwd: ROOT, timeout: DEADLINE_MS, env: { ...process.env, NO_COLOR: '1' } },
  );
  lines = stdout.trimEnd().split('\n');
  totals = JSON.parse(lines.at(-1) ?? '') as AuditTotals;
}, DEADLINE_MS);
afterAll(() => rm(out, { recursive: true, force: true }));

it('at least 24 generations in every family of branches', () => {
  expect(totals.generations).toBeGreaterThanOrEqual(24);
  expect(Object.keys(totals.byBranch)).toEqual(expect.arrayContaining([...FAMILIES]));
});

it('nothing is lost, paid twice, left out of the books or left waiting', () => {
  const { generations, done, dead, images } = totals;
  expect(totals).toMatchObject({ lost: 0, paidTwice: 0, unaccounted: 0, waiting: 0, cancelled: 0 });
  expect(done + dead).toBe(generations);
  expect(images).toBe(done);
});

it('a prompt is rewritten; people approve, reject and revive; a stale approval is told', () => {
  expect(totals).toMatchObject({ rewritten: 1, approved: 2, granted: 3, rejected: 2, revived: 1 });
  const told = lines.join('\n');
  expect(told).toMatch(/ann approves route backup by signal/);
  expect(told).toMatch(/hold h-\d: 6 wait, after 1 call in all/);
  expect(told).toMatch(/g-1 answered 3 asks; 3 are beyond its cap and wait/);
  expect(told).toMatch(/h-\d is released/);
  expect(told).toMatch(/is answered: the evidence has changed since/);
});

it('I1: no payload and no answer to a query passes 16 KiB', () => {
  expect(totals.maxPayloadBytes).toBeLessThanOrEqual(16 * 1024);
});

it('the story fits, and the contact sheet tells how prompts changed and who decided', async () => {
  expect(lines.length).toBeLessThan(LINES);
  const page = await readFile(join(out, 'index.html'), 'utf8');
  expect(page.match(/<figure>/g)).toHaveLength(totals.generations);
  expect(page).toContain('Prompt rewritten by');
  expect(page).toContain('Prompt simplified by');
  expect(page).toContain('<b>bob</b> rejects');
});

it('a session of five turns goes through a refused signature and another model, and its filmstrip shows each', async () => {
  const told = lines.join('\n');
  expect(told).toMatch(/session, signature .* after 2 attempts, 2 turns sent back, signatures and all/);
  expect(told).toMatch(/session, elsewhere .* began anew with the last image, at gemini-nano-banana-2\.1/);
  const film = await readFile(join(out, 'session.html'), 'utf8');
  expect(film.match(/<li class="frame/g)).toHaveLength(5);
});
