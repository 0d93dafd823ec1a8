/**
 * The records of a file store: `records/<name>.json`, each `{ name, value }`, created by a hard link
 * so that of several processes exactly one is first and no reader sees half a record.
 *
 * Errors are the system's own; the store turns them into its errors. {@link ArtifactCorrupt} where a
 * file is not the record that it should be.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { present, publishFirst, writeTemporary } from './atomic-file.ts';
import { decodeNamed, decodeRecord } from './record.ts';
import { RECORD_SUFFIX, escapeSegment, recordPath, unescapeSegment } from './record-path.ts';

export class FileRecords {
  /** Stands for the whole store: where it is missing, the store is away and not empty. */
  readonly directory: string;
  readonly #temporary: string;

  constructor(directory: string, temporary: string) {
    this.directory = directory;
    this.#temporary = temporary;
  }

  /** True for the one who is first. */
  async create(name: string, record: Uint8Array): Promise<boolean> {
    return await publishFirst(await writeTemporary(this.#temporary, record), this.#path(name));
  }

  async read(name: string): Promise<unknown> {
    const path = this.#path(name);
    const text = await present(this.directory, () => readFile(path, 'utf8'));
    return text === undefined ? undefined : decodeNamed(text, name, path);
  }

  /** Names that start with `prefix`, in lexical order. */
  async list(prefix: string): Promise<readonly string[]> {
    const parents = prefix.split('/').slice(0, -1);
    const names: string[] = [];
    await this.#collect(join(this.directory, ...parents.map(escapeSegment)), parents, names);
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  async #collect(
    directory: string,
    parents: readonly (string | undefined)[],
    names: string[],
  ): Promise<void> {
    const entries = await present(this.directory, () => readdir(directory, { withFileTypes: true }));
    for (const entry of entries ?? []) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        await this.#collect(path, [...parents, unescapeSegment(entry.name)], names);
        continue;
      }
      if (!entry.name.endsWith(RECORD_SUFFIX)) continue;
      const segments = [...parents, unescapeSegment(entry.name.slice(0, -RECORD_SUFFIX.length))];
      names.push(
        segments.includes(undefined)
          ? decodeRecord(await readFile(path, 'utf8'), path).name
          : segments.join('/'),
      );
    }
  }

  #path(name: string): string {
    return join(this.directory, ...recordPath(name));
  }
}
