/**
 * What the start of an upload says about the file: in its JSON, else in its headers. Outcomes: the file
 * as it is to be, or the 400 for JSON that is none and for a name that cannot be.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { parseJson } from './read.ts';

export interface AskedFile {
  readonly id?: string;
  readonly displayName?: string;
  readonly mimeType: string;
  /** As declared; what comes may differ. */
  readonly bytes: number;
}

const ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export function readUploadStart(
  body: Buffer,
  headers: IncomingHttpHeaders,
): AskedFile | { readonly answer: Answer } {
  const json = parseJson(body);
  if (json.kind === 'refused') return json;
  const file = fieldOf(json.value, 'file');
  const id = textOf(fieldOf(file, 'name'))?.replace(/^files\//, '');
  if (id !== undefined && !ID.test(id)) {
    return {
      answer: invalidArgument(
        `* CreateFileRequest.file.name: 'files/${id}': the ID may have up to 40 lower-case letters, digits and dashes, and no dash at either end`,
      ),
    };
  }
  const displayName = textOf(fieldOf(file, 'displayName') ?? fieldOf(file, 'display_name'));
  const declared = headers['x-goog-upload-header-content-length'] ?? textOf(fieldOf(file, 'sizeBytes'));
  const mime = textOf(fieldOf(file, 'mimeType')) ?? headers['x-goog-upload-header-content-type'];
  return {
    ...(id === undefined ? {} : { id }),
    ...(displayName === undefined ? {} : { displayName }),
    mimeType: typeof mime === 'string' ? mime : 'application/octet-stream',
    bytes: Number(declared ?? 0) || 0,
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
