/** Pure unit tests of what an S3 store may be told, and of what names a store; no server. */
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { openStore, storeDirectory } from '../../src/artifacts/open-store.ts';
import { S3ArtifactStore } from '../../src/artifacts/s3-store.ts';
import { parseS3Url } from '../../src/artifacts/s3-url.ts';
import { startChild, told } from './child-process.ts';

describe('S3 URL', () => {
  test.each([
    ['s3://images', { bucket: 'images' }],
    ['s3://images/', { bucket: 'images' }],
    ['S3://images/shop/a/', { bucket: 'images', prefix: 'shop/a' }],
    ['s3://images/A=b+c', { bucket: 'images', prefix: 'A=b+c' }],
    ['s3://images/x?region=eu-central-1', { bucket: 'images', prefix: 'x', region: 'eu-central-1' }],
    [
      's3://images?endpoint=http://127.0.0.1:7070&forcePathStyle=false&timeoutMs=5000',
      { bucket: 'images', endpoint: 'http://127.0.0.1:7070', forcePathStyle: false, timeoutMs: 5_000 },
    ],
    [
      's3://images?endpoint=https%3A%2F%2Fs3.example.com%2Fpath',
      { bucket: 'images', endpoint: 'https://s3.example.com/path' },
    ],
  ])('%s', (url, options) => {
    expect(parseS3Url(url)).toEqual(options);
    expect(openStore(url)).toBeInstanceOf(S3ArtifactStore);
  });

  test.each([
    ['s3:images', /URL of the S3 store: write s3:\/\/bucket\/prefix/],
    ['s3://images/x#y', /URL of the S3 store: write/],
    ['s3://', /bucket of the S3 store: .*give 3 to 63 lower-case/],
    ['s3://Images', /bucket of the S3 store/],
    ['s3://a_b', /bucket of the S3 store/],
    ['s3://127.0.0.1:9000/images', /after s3:\/\/ comes the bucket, not a server; write .*\?endpoint=/],
    ['s3://images//x', /prefix of the S3 store: give segments/],
    ['s3://images/a/../b', /prefix of the S3 store/],
    ['s3://images/%2e', /prefix of the S3 store/],
    [`s3://images/${'x'.repeat(300)}`, /prefix of the S3 store: longer than 200 characters; shorten/],
    ['s3://images?region=', /region of the S3 store: give it once and with a value/],
    ['s3://images?region=a&region=b', /region of the S3 store: give it once/],
    ['s3://images?region=eu_west', /region of the S3 store: give one such as eu-central-1/],
    ['s3://images?endpoint=127.0.0.1:9000', /endpoint of the S3 store: give the URL of the server/],
    ['s3://images?endpoint=ftp://h', /endpoint of the S3 store: give the URL/],
    ['s3://images?forcePathStyle=yes', /forcePathStyle of the S3 store: give true or false/],
    ['s3://images?timeoutMs=soon', /timeoutMs of the S3 store: give milliseconds above 0/],
    ['s3://images?pathStyle=true', /no field "pathStyle", only region, endpoint, forcePathStyle, timeoutMs/],
  ])('%s is refused with the field and the cure', (url, words) => {
    expect(() => openStore(url)).toThrow(TypeError);
    expect(() => openStore(url)).toThrow(words);
  });

  test.each([
    's3://KEYID:TOP-SECRET@images/x',
    's3://images/x?secretAccessKey=TOP-SECRET',
    's3://images/x?endpoint=http://KEYID:TOP-SECRET@127.0.0.1:9000',
  ])('%s is refused without repeating the secret', (url) => {
    const refused = () => openStore(url);
    expect(refused).toThrow(/credentials/);
    expect(refused).not.toThrow(/TOP-SECRET|KEYID/);
  });

  test('options are held to the same rules, and a client has its own region and endpoint', () => {
    expect(() => new S3ArtifactStore({ bucket: 'a/b' })).toThrow(/bucket of the S3 store/);
    expect(() => new S3ArtifactStore({ bucket: 'images', prefix: '/x' })).toThrow(/prefix of the S3 store/);
    expect(() => new S3ArtifactStore({ bucket: 'images', timeoutMs: 0 })).toThrow(/timeoutMs/);
    const client = { send: () => Promise.reject(new Error('not asked')) };
    expect(() => new S3ArtifactStore({ bucket: 'images', client, region: 'eu-central-1' })).toThrow(
      /client of the S3 store: .*leave those out/,
    );
    const point = 'arn:aws:s3:eu-central-1:123456789012:accesspoint/images';
    expect(new S3ArtifactStore({ bucket: point, client }).describe()).toBe(`s3://${point}`);
  });
});

describe('what names a store', () => {
  test('a directory, or its file URL', () => {
    for (const place of ['./artifacts', '/data/a b', 'C:\\images', 's3', 's3/images']) {
      expect(openStore(place)).toBeInstanceOf(FileArtifactStore);
      expect(storeDirectory(place)).toBe(place);
    }
    expect(openStore(pathToFileURL('/data/a b').href).describe()).toBe('file:///data/a%20b');
    expect(storeDirectory('s3://images/x')).toBeUndefined();
  });

  test('no other URL, lest a directory of that name be made', () => {
    for (const place of ['gs://images', 'https://images.s3.amazonaws.com/x', 'azure://a/b'])
      expect(() => openStore(place)).toThrow(/is not known; give a directory or s3:\/\/bucket\/prefix/);
  });
});

test('without the package an S3 store can be made, and says what to install when it is used', async () => {
  const child = startChild('s3-without-sdk.ts');
  const { name, message } = (await told(child)) as Error;
  expect(name).toBe('StoreUnavailable');
  expect(message).toMatch(
    /^artifact store s3:\/\/images\/x: cannot write a probe \(.*@aws-sdk\/client-s3 is not installed\) — operator: npm install @aws-sdk\/client-s3/,
  );
});
