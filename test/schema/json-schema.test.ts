/** What is generated for callers in other languages is what the product runs on (npm run docs). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withContract } from '../../scripts/contract-document.ts';
import { requestDigest } from '../../src/client/generation-id.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { argumentSchema } from '../../src/schema/argument.ts';
import { decideSchema } from '../../src/schema/decision.ts';
import { governorCommandSchema } from '../../src/schema/governor-command.ts';
import { JSON_SCHEMA_NAMES, jsonSchema } from '../../src/schema/json-schema.ts';
import { wireRequestSchema } from '../../src/schema/request.ts';

function docs(file: string): string {
  return readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
}

describe('docs/*.schema.json', () => {
  it.each(JSON_SCHEMA_NAMES)('%s is fresh', (name) => {
    const fresh: unknown = JSON.parse(JSON.stringify(jsonSchema(name)));
    expect(JSON.parse(docs(`${name}.schema.json`))).toEqual(fresh);
  });

  it('what is sent is closed, what is told is open', () => {
    expect(jsonSchema('argument')).toMatchObject({ additionalProperties: false, required: ['request'] });
    for (const name of ['result', 'failure', 'view', 'memo', 'governor'] as const) {
      expect(jsonSchema(name)).toMatchObject({ additionalProperties: {} });
    }
  });
});

describe('docs/contract.md', () => {
  const document = docs('contract.md');
  const examples = [...document.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
    ([, json]) => JSON.parse(json ?? '') as Record<string, unknown>,
  );

  it('its tables and its Python are fresh', () => {
    expect(withContract(document)).toBe(document);
  });

  it('a renamed signal makes it stale: the check can fail', () => {
    const stale = document.replace('| signal | `retryNow` |', '| signal | `tryNow` |');
    expect(stale).not.toBe(document);
    expect(withContract(stale)).not.toBe(stale);
  });

  it('its examples are valid', () => {
    const [minimal, full, resolved, decision, command] = examples;
    expect(examples).toHaveLength(5);
    expect(argumentSchema.safeParse(minimal).error).toBeUndefined();
    expect(argumentSchema.safeParse(full).error).toBeUndefined();
    expect(wireRequestSchema.safeParse(resolved).error).toBeUndefined();
    expect(decideSchema.safeParse(decision).error).toBeUndefined();
    expect(governorCommandSchema.safeParse(command).error).toBeUndefined();
  });

  it('its digest is the one that the client computes', () => {
    const resolved = resolveRequest({ prompt: 'a red fox in snow' });
    expect(examples[2]).toEqual(resolved);
    expect(document).toContain(`\`${requestDigest(resolved)}\``);
  });

  it('it links every schema', () => {
    for (const name of JSON_SCHEMA_NAMES) expect(document).toContain(`(${name}.schema.json)`);
  });
});

describe('a prompt on the wire', () => {
  it('may be stored, and a text that is too long is still told by its own rule', () => {
    const stored = { sha256: 'a'.repeat(64), bytes: 9_000 };
    expect(wireRequestSchema.safeParse({ prompt: stored }).success).toBe(true);
    const long = wireRequestSchema.safeParse({ prompt: 'x'.repeat(300_000) });
    expect(long.error?.issues).toMatchObject([{ path: ['prompt'], message: 'must be at most 262144 bytes' }]);
  });
});
