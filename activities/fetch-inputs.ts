/**
 * `gemini.fetchInputs`: input URLs become artifacts, fetched with the guards of `fetch-url.ts` (size,
 * type, redirects, private addresses), those of `gs://` by the first route of Google Cloud. Their order is kept.
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import { InputProblem, requestProblem } from '../src/artifacts/input-problem.ts';
import { loadInput } from '../src/artifacts/load-input.ts';
import type { GenerationRequest, StoredInput } from '../src/domain/request.ts';
import type { ActivityDeps } from './deps.ts';
import { invalid, storeAway } from './failures.ts';
import { startHeartbeat } from './heartbeat.ts';

export async function fetchInputs(
  deps: ActivityDeps,
  request: GenerationRequest,
): Promise<readonly StoredInput[]> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: 0 });
  const { store, allowPrivateUrls: allowPrivateAddresses, routes } = deps;
  const [requestObject] = routes.flatMap(({ gemini }) => gemini.requestObject ?? []);
  try {
    const stored: StoredInput[] = [];
    for (const [i, source] of request.inputs.entries()) {
      if (source.kind === 'artifact') {
        stored.push(source);
        continue;
      }
      const options = {
        ...{ store, allowPrivateAddresses, field: `inputs[${i}]`, signal: heartbeat.cancelled },
        ...(requestObject === undefined ? {} : { requestObject }),
      };
      const { ref } = await loadInput({ url: source.url }, options);
      stored.push({ kind: 'artifact', sha256: ref.sha256, mime: ref.mime, bytes: ref.bytes });
    }
    return stored;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw storeAway(error);
    // A server that is away may be back: Temporal tries again before the caller hears of it.
    if (error instanceof InputProblem && error.retryable !== true) throw invalid([requestProblem(error)]);
    throw error;
  } finally {
    heartbeat.stop();
  }
}
