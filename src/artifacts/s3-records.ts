/**
 * The records of an S3 store: `records/<name>.json`, each `{ name, value }`, created by a conditional
 * write so that of several processes exactly one is first.
 *
 * Rejects with {@link S3Refusal}; {@link ArtifactCorrupt} where an object is not the record that it
 * should be.
 */
import { decodeNamed, decodeRecord } from './record.ts';
import { RECORD_SUFFIX, escapeSegment, recordPath, unescapeSegment } from './record-path.ts';
import type { S3Objects } from './s3-objects.ts';

const FOLDER = 'records/';
const MIME = 'application/json';
/** Records read at once where only they know their names. */
const AT_ONCE = 8;

export class S3Records {
  readonly #objects: S3Objects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  /** True for the one who is first. */
  async create(name: string, record: Uint8Array): Promise<boolean> {
    return await this.#objects.create(keyOf(name), record, MIME);
  }

  async read(name: string): Promise<unknown> {
    const key = keyOf(name);
    const text = await this.#text(key);
    return text === undefined ? undefined : decodeNamed(text, name, key);
  }

  /** Names that start with `prefix`, in lexical order, which is not the order of their keys. */
  async list(prefix: string): Promise<readonly string[]> {
    const parents = prefix.split('/').slice(0, -1);
    const folder = FOLDER + parents.map((parent) => `${escapeSegment(parent)}/`).join('');
    const names: string[] = [];
    const nameless: string[] = [];
    for (const key of await this.#objects.list(folder)) {
      if (!key.endsWith(RECORD_SUFFIX)) continue;
      const path = key.slice(FOLDER.length, -RECORD_SUFFIX.length).split('/');
      const segments = path.map(unescapeSegment);
      if (segments.includes(undefined)) nameless.push(key);
      else names.push(segments.join('/'));
    }
    for (let at = 0; at < nameless.length; at += AT_ONCE) {
      const some = nameless.slice(at, at + AT_ONCE);
      names.push(...(await Promise.all(some.map((key) => this.#nameIn(key)))).flat());
    }
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  /** None where it was removed meanwhile. */
  async #nameIn(key: string): Promise<readonly string[]> {
    const text = await this.#text(key);
    return text === undefined ? [] : [decodeRecord(text, key).name];
  }

  async #text(key: string): Promise<string | undefined> {
    const object = await this.#objects.get(key);
    if (object === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }
}

function keyOf(name: string): string {
  return FOLDER + recordPath(name).join('/');
}
