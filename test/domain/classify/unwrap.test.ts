import { describe, expect, it } from 'vitest';
import { parseLoose } from '../../../src/domain/classify/json.ts';
import { unwrap } from '../../../src/domain/classify/unwrap.ts';
import { failure, google, text } from './evidence-of.ts';

const loose = (said: string) => parseLoose(said, 0);

describe('parseLoose: literals that JSON.parse refuses', () => {
  it.each<[string, string, unknown]>([
    ['a Python repr', "{'a': None, 'b': True, 'c': [1, 'it\\'s']}", { a: null, b: true, c: [1, "it's"] }],
    ['an inspected object', '{ code: 429, list: [ 1, 2 ], s: "x" }', { code: 429, list: [1, 2], s: 'x' }],
    ['a stray comma', '{"a":1,\n ,  "b":2}', { a: 1, b: 2 }],
    ['a line break inside a string', '{"a":"x\ny"}', { a: 'x\ny' }],
    ['a padded key', '{" @type":"T"}', { '@type': 'T' }],
    ['a Ruby or Elixir hash', '{"a" => 1, "b" => nil}', { a: 1, b: 'nil' }],
    ['a Java map', '{code=503, status=UNAVAILABLE}', { code: 503, status: 'UNAVAILABLE' }],
    ['unicode escapes', '{"a":"\\u0041\\t"}', { a: 'A\t' }],
  ])('%s', (_, said, value) => {
    expect(loose(said)).toMatchObject({ value, complete: true });
  });
  it('text that was cut keeps what came before', () => {
    expect(loose('{"error":{"code":429,"message":"You exc')).toMatchObject({
      value: { error: { code: 429, message: 'You exc' } },
      complete: false,
    });
  });
});

describe('unwrap', () => {
  it('keeps the layers apart, outermost first', () => {
    const inner = google(503, 'UNAVAILABLE', 'overloaded');
    const { layers } = unwrap({
      error: { message: JSON.stringify(inner), code: 500, status: 'Internal Server Error' },
    });
    expect(layers.map(({ code, status, google: signed }) => [code, status, signed])).toEqual([
      [500, 'Internal Server Error', false],
      [503, 'UNAVAILABLE', true],
    ]);
  });
  it('what stands around a literal is text', () => {
    const { texts } = unwrap(
      'geminiException - {"error":{"code":400,"message":"bad"}}. Received Model Group=x',
    );
    expect(texts).toEqual(['bad', 'geminiException -', '. Received Model Group=x']);
  });
  it('sees a web page inside a message', () => {
    expect(unwrap({ error: { message: '<html><head>', code: 502 } }).html).toBe(true);
  });
  it('does not read keys that hold no error', () => {
    expect(unwrap({ request: { message: 'API key expired' }, error: { message: 'x' } }).texts).toEqual(['x']);
  });
});

describe('the innermost original message is what people read', () => {
  it.each([
    `[API Error: got status: UNAVAILABLE. ${JSON.stringify(google(503, 'UNAVAILABLE', 'Original words.'))}]`,
    `503 UNAVAILABLE. {'error': {'code': 503, 'message': 'Original words.', 'status': 'UNAVAILABLE'}}`,
    JSON.stringify({
      error: { message: JSON.stringify(google(503, 'UNAVAILABLE', 'Original words.')), code: 500 },
    }),
    `upstream: ${JSON.stringify(JSON.stringify(google(503, 'UNAVAILABLE', 'Original words.'))).slice(1, -1)}`,
    `b'${JSON.stringify(google(503, 'UNAVAILABLE', 'Original words.'), null, 2).replaceAll('\n', '\\n')}'`,
  ])('%s', (said) => {
    expect(failure(text(said))).toMatchObject({ branch: 'capacity', message: 'Original words.' });
  });
});
