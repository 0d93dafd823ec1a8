import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withBranchTable } from '../scripts/branch-table.ts';
import { requestJsonSchema } from '../src/schema/json-schema.ts';

function text(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

describe('README', () => {
  it('its branch table is the data the product runs on (npm run docs)', () => {
    expect(withBranchTable(text('README.md'))).toBe(text('README.md'));
  });

  it('a changed policy makes the table stale: the check can fail', () => {
    const stale = text('README.md').replace('RetryInfo, else 1→60 s', 'RetryInfo, else 1→90 s');
    expect(stale).not.toBe(text('README.md'));
    expect(withBranchTable(stale)).not.toBe(stale);
  });

  it('every script that it names exists', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...text('README.md').matchAll(/npm run (?:-s )?([a-z:-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('the JSON Schema for other languages is the one in docs/ (npm run docs)', () => {
    expect(JSON.parse(text('docs/request.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(requestJsonSchema())),
    );
  });
});
