/** The bytes of a record: `{"name":…,"value":…}`. The name makes a hashed file name readable again. */
import { ArtifactCorrupt } from './errors.ts';

export interface StoredRecord {
  readonly name: string;
  readonly value: unknown;
}

/** Throws a TypeError for a value that JSON cannot hold: a record that reads back as nothing is none. */
export function encodeRecord(name: string, value: unknown): Uint8Array {
  if (JSON.stringify(value) === undefined) throw new TypeError(`the value of record ${name} is not JSON`);
  return new TextEncoder().encode(`${JSON.stringify({ name, value })}\n`);
}

export function decodeRecord(text: string, path: string): StoredRecord {
  try {
    const record = JSON.parse(text) as Partial<StoredRecord> | null;
    if (typeof record?.name === 'string' && 'value' in record) return record as StoredRecord;
  } catch {
    // Told below: what broke the file is not what its reader needs to know.
  }
  throw new ArtifactCorrupt(`${path} is not a whole record — operator: restore the file from a copy`);
}

/** The value of the record of this name; {@link ArtifactCorrupt} where `path` holds another one. */
export function decodeNamed(text: string, name: string, path: string): unknown {
  const record = decodeRecord(text, path);
  if (record.name === name) return record.value;
  throw new ArtifactCorrupt(
    `${path} holds record ${JSON.stringify(record.name)}, not ${JSON.stringify(name)} — operator: restore the file from a copy`,
  );
}
