import { describe, expect, it } from 'vitest';
import { BRANCHES } from '../src/domain/branch.ts';
import { BRANCH_FACTS } from '../src/domain/branch-facts.ts';
import { diagnose, diagnoseLines, explain, isBadLine, verdictOf } from '../src/diagnose.ts';
import { candidate, google, image, quotaFailure, retryInfo } from './domain/classify/evidence-of.ts';

async function* lines(...items: readonly unknown[]): AsyncGenerator<string> {
  for (const item of items) yield typeof item === 'string' ? item : JSON.stringify(item);
}

async function all(...items: readonly unknown[]) {
  const results = [];
  for await (const result of diagnoseLines(lines(...items))) results.push(result);
  return results;
}

const overloaded = google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');

describe('diagnose', () => {
  it('a corpus line → every field, id first', () => {
    const diagnosis = diagnose({ id: 'a', kind: 'http_error', status: 503, headers: null, body: overloaded });
    expect(diagnosis).toEqual({
      id: 'a',
      branch: 'capacity',
      reason: 'overloaded',
      rule: 'model-capacity',
      certainty: 'inferred',
      owner: 'provider',
      userAction: 'Nothing to do: the model is overloaded. Allow another model or tier to be served sooner.',
      retryAfterMs: null,
      billed: 'no',
    });
    expect(Object.keys(diagnosis)[0]).toBe('id');
  });
  it('an image → success, reason null', () => {
    const diagnosis = diagnose({
      id: 'b',
      kind: 'response',
      status: 200,
      body: candidate([image()], 'STOP'),
    });
    expect(diagnosis).toMatchObject({ branch: 'success', reason: null, billed: 'yes', owner: 'nobody' });
  });
  it.each<[string, unknown, string]>([
    ['pasted JSON of an error', JSON.stringify(overloaded, null, 2), 'capacity'],
    ['pasted JSON of a 200', JSON.stringify(candidate([image()], 'STOP')), 'success'],
    ['a pasted corpus line', JSON.stringify({ kind: 'thrown_text', body: 'fetch failed' }), 'network'],
    ['a pasted stream', `data: ${JSON.stringify(candidate([{ text: 'x' }], 'STOP'))}\n\n`, 'no-image'],
    ['pasted HTML', '<html><head><title>502 Bad Gateway</title></head></html>', 'gateway-fault'],
    ['a line of a log', 'ERROR 429 RESOURCE_EXHAUSTED. Quota exceeded', 'quota-unknown'],
    ['an error object', overloaded, 'capacity'],
    ['nothing', '', 'unknown'],
    ['undefined', undefined, 'unknown'],
  ])('%s → %s', (_, input, branch) => {
    expect(diagnose(input).branch).toBe(branch);
  });
  it('an object that names an unknown kind is refused with the cure', () => {
    expect(() => diagnose({ kind: 'telegram', body: 'x' })).toThrow(
      /kind is "telegram"; give one of http_error/,
    );
  });
});

describe('corpus lines: images where nothing was redacted', () => {
  const line = (data: string, more = {}) =>
    diagnose({
      kind: 'response',
      status: 200,
      body: candidate([{ inlineData: { mimeType: 'image/png', data } }]),
      ...more,
    });
  it('bytes that are no image → no-image', () => {
    expect(line('aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=')).toMatchObject({
      reason: 'corrupt-image',
    });
  });
  it('bytes that are no base64 → no-image', () => {
    expect(line('%%%')).toMatchObject({ reason: 'malformed' });
  });
  it('a placeholder, in a line that says so → success', () => {
    for (const mark of [{ redacted: true }, { truncated: true }]) {
      for (const data of ['AA==', '<base64>', '...']) expect(line(data, mark).branch).toBe('success');
    }
  });
});

describe('diagnoseLines', () => {
  it('gives one result a line, in order, and goes on after a bad one', async () => {
    const results = await all(
      { id: '1', kind: 'thrown_text', status: 503, body: 'overloaded' },
      'not json',
      { id: '3', kind: 'telegram', body: 'x' },
      '',
      { id: '4', kind: 'http_error', status: 404 },
      [1, 2],
      {
        id: '5',
        kind: 'network',
        body: { name: 'TypeError', message: 'fetch failed', cause: { code: 'ENOTFOUND' } },
      },
    );
    expect(
      results.map((result) => (isBadLine(result) ? [result.id, 'bad'] : [result.id, result.branch])),
    ).toEqual([
      ['1', 'capacity'],
      [null, 'bad'],
      ['3', 'bad'],
      ['4', 'bad'],
      [null, 'bad'],
      ['5', 'network'],
    ]);
  });
  it('names the line, the field and the cure', async () => {
    const results = await all(
      '{',
      { id: 'x', kind: 'http_error', status: 'soon', body: {} },
      { id: 'y', kind: 'network' },
    );
    expect(results).toEqual([
      { id: null, error: 'line 1 is not JSON; give one object a line' },
      { id: 'x', error: 'status is "soon"; give an HTTP status as a number, or null' },
      { id: 'y', error: 'body is missing; give what came back, as an object or a string' },
    ]);
  });
});

describe('explain', () => {
  const violation = { quotaId: 'GenerateRequestsPerDayPerProjectPerModel', quotaValue: '250' };
  const day = google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
    quotaFailure(violation),
    retryInfo('77s'),
  ]);

  it('a day: says what happened, who acts, and that 77 s do not help', () => {
    const said = explain(verdictOf(day));
    expect(said).toMatch(/^quota-day\/rpd: the day's limit was reached/);
    expect(said).toContain('GenerateRequestsPerDayPerProjectPerModel = 250');
    expect(said).toContain('after midnight Pacific, whatever shorter delay the answer names');
    expect(said).not.toContain('77 s');
  });
  it('a policy verdict: never again', () => {
    const said = explain(verdictOf({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }));
    expect(said).toContain('is never tried again');
    expect(said).toContain('No cost');
  });
  it('a hint: not before', () => {
    expect(explain(verdictOf('503 UNAVAILABLE, please retry in 7s'))).toContain('not before 7 s');
  });
  it('a success: so', () => {
    expect(explain(verdictOf(candidate([image()], 'STOP')))).toMatch(/^success/);
  });
  it('a long original is cut, and takes one line', () => {
    const [, original] = explain(verdictOf(`weird\n${'x'.repeat(5_000)}`)).split('\n');
    expect(original?.length).toBeLessThan(330);
  });
});

describe('branch facts', () => {
  it.each(BRANCHES)('%s has a title and what tells it', (branch) => {
    const { title, toldBy } = BRANCH_FACTS[branch];
    expect(title).toMatch(/^[a-z]|^Google/);
    expect(toldBy).not.toMatch(/\|/);
    expect(toldBy.length).toBeGreaterThan(10);
  });
});
