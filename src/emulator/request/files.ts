/**
 * Files that a request names by their URI. Outcomes: a file of the caller's project that is ready, the
 * 403 for one that is unknown, expired or foreign, the 400 for one that is not ready, or the 400 for a
 * URL that is no file at all.
 */
import type { Answer } from '../answer.ts';
import { fileForbidden, fileNotActive, urlNotFetchable } from '../files/refusals.ts';
import type { FileShelf } from '../files/shelf.ts';
import { stateOf } from '../files/stored-file.ts';
import type { StoredFile } from '../files/stored-file.ts';
import type { GenerateRequest } from './read.ts';

/** The files that one caller may use now. */
export interface FileAccess {
  readonly shelf: FileShelf;
  readonly project: string;
  readonly now: number;
}

/** `files/<id>` alone or at the end of the API's path, whatever host it was reached under. */
const NAME = /^(?:https?:\/\/[^/]+\/v1(?:beta)?\/)?files\/([^/?]+)$/;

export function fileOf(uri: string, { shelf, project, now }: FileAccess): StoredFile | { answer: Answer } {
  const id = NAME.exec(uri)?.[1];
  if (id === undefined) return { answer: /^https?:/.test(uri) ? urlNotFetchable() : fileForbidden(uri) };
  const file = shelf.find(project, id, now);
  if (!file) return { answer: fileForbidden(id) };
  return stateOf(file, now) === 'ACTIVE' ? file : { answer: fileNotActive(id) };
}

/** The id of the first file that a request names, for faults that quote it. */
export function firstFile(request: GenerateRequest): string | undefined {
  for (const { parts } of request.contents) {
    for (const { fileData } of parts) {
      const id = NAME.exec(fileData?.fileUri ?? '')?.[1];
      if (id !== undefined) return id;
    }
  }
  return undefined;
}
