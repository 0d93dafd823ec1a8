/** `gs://bucket/object`, by the rules for their names. */
import { describe, expect, it } from 'vitest';
import { isStorageUri, parseStorageUri } from '../../src/domain/storage-object.ts';
import { parseRequest } from '../../src/schema/request.ts';

describe('gs:// inputs', () => {
  it('name a bucket and an object, whose name may hold almost anything', () => {
    expect(parseStorageUri('gs://shop-pictures/spring/fox & snow.png')).toEqual({
      bucket: 'shop-pictures',
      object: 'spring/fox & snow.png',
    });
    expect(parseStorageUri('gs://a.example.com/狐.png')?.object).toBe('狐.png');
  });

  it.each(['gs://', 'gs://shop', 'gs://shop/', 'gs://SHOP/fox', 'gs://s/fox'])(
    'not %j, which the request refuses with the cure',
    (url) => {
      expect(isStorageUri(url)).toBe(true);
      expect(parseStorageUri(url)).toBeUndefined();
      expect(() => parseRequest({ prompt: 'a fox', inputs: [{ url }] })).toThrow(/inputs/);
    },
  );

  it('an object name has at most 1,024 bytes, not characters', () => {
    expect(parseStorageUri(`gs://shop/${'a'.repeat(1_024)}`)).toBeDefined();
    expect(parseStorageUri(`gs://shop/${'a'.repeat(1_025)}`)).toBeUndefined();
    expect(parseStorageUri(`gs://shop/${'狐'.repeat(342)}`)).toBeUndefined();
  });
});
