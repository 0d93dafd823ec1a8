/** The shared corpus: every line right, and none wrong in the two ways that cost most. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BRANCHES, isBranch, isStopBranch } from '../../../src/domain/branch.ts';
import { readCorpusLine } from '../../../src/domain/classify/corpus-line.ts';
import { classify } from '../../../src/domain/classify/index.ts';

interface Case {
  readonly id: string;
  readonly branch: string;
  readonly reason?: string;
  readonly also_acceptable: readonly string[];
  readonly retry_after_s?: number;
}

const cases = readFileSync(new URL('../../corpus/cases.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

const verdictOf = (line: Case) => classify(readCorpusLine(line).evidence);

describe('corpus', () => {
  it.each(cases)('$id → $branch', (line) => {
    const { branch } = verdictOf(line);
    expect([line.branch, ...line.also_acceptable]).toContain(branch);
  });

  it.each(cases.filter(({ reason }) => reason !== undefined))('$id → $branch/$reason', (line) => {
    const verdict = verdictOf(line);
    expect(verdict.branch === 'success' ? null : verdict.reason).toBe(line.reason);
  });

  it('takes no failure for a success', () => {
    const taken = cases.filter((line) => line.branch !== 'success' && verdictOf(line).branch === 'success');
    expect(taken.map(({ id }) => id)).toEqual([]);
  });

  it('classes no stop-branch as one that retries, unless the corpus allows it', () => {
    const retried = cases.filter((line) => {
      const { branch } = verdictOf(line);
      const stop = isBranch(line.branch) && isStopBranch(line.branch);
      return (
        stop && (branch === 'success' || !isStopBranch(branch)) && !line.also_acceptable.includes(branch)
      );
    });
    expect(retried.map(({ id }) => id)).toEqual([]);
  });

  it('keeps every readable hint, never shorter than the server said', () => {
    for (const line of cases.filter(({ retry_after_s: said }) => said !== undefined)) {
      const verdict = verdictOf(line);
      const said = Math.floor((line.retry_after_s ?? 0) * 1000);
      expect(verdict.branch === 'success' ? 0 : verdict.retryAfterMs, line.id).toBeGreaterThanOrEqual(said);
    }
  });

  it('reads nothing of a line but what was said: its id and its own verdict change nothing', () => {
    for (const line of cases) {
      const lies = {
        ...line,
        id: 'zz',
        evidence: 'x',
        branch: 'policy',
        reason: 'spii',
        why: 'SAFETY 429',
        source: '503',
      };
      expect(classify(readCorpusLine(lies).evidence)).toEqual(verdictOf(line));
    }
  });

  it('names only branches that exist', () => {
    for (const line of cases) expect([...BRANCHES, 'success']).toContain(verdictOf(line).branch);
  });
});
