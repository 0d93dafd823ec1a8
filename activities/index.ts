/** The activities of a worker, under their names on the wire. */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { GenerateInput, GenerationActivities } from '../src/contract/generation.ts';
import type { LaneActivities } from '../src/contract/lane.ts';
import type { NotificationActivities } from '../src/contract/notification.ts';
import { AttemptRecords } from './attempt-records.ts';
import { bury } from './bury.ts';
import { checkQuota } from './check-quota.ts';
import { conclude } from './conclude.ts';
import type { ActivityDeps } from './deps.ts';
import { storeAway } from './failures.ts';
import { fallBack } from './fall-back.ts';
import { fetchInputs } from './fetch-inputs.ts';
import { generate } from './generate.ts';
import { startHeartbeat } from './heartbeat.ts';
import { askLane, enterLane, leaveLane } from './lane-item.ts';
import { makePrompt } from './make-prompt.ts';
import { deleteFiles } from './own-files.ts';
import { createNotify } from './notify.ts';
import { quietHours } from './quiet-hours.ts';
import { shrinkInputs } from './shrink-inputs.ts';
import { submitBatch } from './submit-batch.ts';
import { takeGrant } from './take-grant.ts';
import { cancelBatch, watchBatch } from './watch-batch.ts';
import { upload } from './upload.ts';

export type { ActivityDeps, ConfiguredRoute } from './deps.ts';

export function createActivities(
  deps: ActivityDeps,
): GenerationActivities & LaneActivities & NotificationActivities {
  return {
    'gemini.checkQuota': (input) => checkQuota(deps, input),
    'gemini.fetchInputs': (input) => fetchInputs(deps, input.request),
    'gemini.generate': (input) => generate(deps, input),
    'gemini.extract': (input) => extract(deps, input),
    'gemini.fallBack': (input) => fallBack(deps, input),
    'gemini.takeGrant': (input) => takeGrant(deps, input),
    'gemini.quietHours': (input) => quietHours(deps, input),
    'gemini.makePrompt': (input) => makePrompt(deps, input),
    'gemini.upload': (input) => upload(deps, input),
    'gemini.shrinkInputs': (input) => shrinkInputs(deps, input),
    'gemini.deleteFiles': (input) => deleteFiles(deps, input),
    'gemini.bury': (record) => bury(deps, record),
    'gemini.enterLane': (input) => enterLane(deps, input),
    'gemini.askLane': (item) => askLane(deps, item),
    'gemini.leaveLane': (input) => leaveLane(deps, input),
    'gemini.submitBatch': (input) => submitBatch(deps, input),
    'gemini.watchBatch': (input) => watchBatch(deps, input),
    'gemini.cancelBatch': (input) => cancelBatch(deps, input),
    'gemini.notify': createNotify(deps),
  };
}

/** `gemini.extract`: from the stored response, as often as it takes, without another call (I2). */
async function extract(deps: ActivityDeps, input: GenerateInput) {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'extracting', n: input.n });
  try {
    const outcome = await new AttemptRecords(deps.store, input.generationId, input.n).outcome();
    if (outcome === undefined) throw new StoreUnavailable(`attempt ${input.n} has no stored outcome yet`);
    return await conclude(deps, input, outcome);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}
