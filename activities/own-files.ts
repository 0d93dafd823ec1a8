/**
 * `gemini.deleteFiles`: makes room in the file storage by deleting files of ours that nobody will use any
 * more: failed ones, and those so near to their end that no call would take them. Others' files, and
 * ours that a generation may still be using, stay.
 */
import { Context } from '@temporalio/activity';
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Preparation } from '../src/domain/preparation.ts';
import { FILE_MARGIN_MS } from '../src/domain/request.ts';
import type { UploadedFile } from '../src/gemini/port.ts';
import type { ActivityDeps } from './deps.ts';
import { startHeartbeat } from './heartbeat.ts';
import { routeOf, rungOf } from './prepare-call.ts';

/** Display names of our uploads begin with it: what lacks it is not ours to delete. */
export const OWN_FILE_PREFIX = 'gemini-images ';

const TIMEOUT_MS = 30_000;
const REMEDY = 'delete-files';

export async function deleteFiles(deps: ActivityDeps, input: GenerateInput): Promise<Preparation> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: input.n });
  const { files } = routeOf(deps, rungOf(input)).gemini;
  const options = {
    timeoutMs: TIMEOUT_MS,
    signal: heartbeat.cancelled,
    attemptId: `${input.generationId}/${input.n}`,
  };
  try {
    const listed = await files.list(options);
    if (listed.kind === 'failed') return { remedy: REMEDY, ok: false, why: 'the files could not be listed' };
    const stale = listed.value.filter((file) => isStale(file, Date.now()));
    let deleted = 0;
    let bytes = 0;
    for (const file of stale) {
      const answer = await files.delete(file.name, options);
      if (answer.kind === 'failed') continue;
      deleted += 1;
      bytes += file.bytes;
    }
    if (deleted === 0) return { remedy: REMEDY, ok: false, why: 'no file of ours is expired' };
    const mib = (bytes / 1024 / 1024).toFixed(1);
    return { remedy: REMEDY, ok: true, change: `${deleted} expired files, ${mib} MiB` };
  } finally {
    heartbeat.stop();
  }
}

function isStale({ displayName, state, expiresAt }: UploadedFile, now: number): boolean {
  if (displayName?.startsWith(OWN_FILE_PREFIX) !== true) return false;
  return state === 'FAILED' || (expiresAt !== undefined && expiresAt - FILE_MARGIN_MS <= now);
}
