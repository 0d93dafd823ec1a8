/** For a caller's own workflow: runs a generation as its child, by the same contract as the client. */
import { executeChild, uuid4 } from '@temporalio/workflow';
import type { GenerationInput, GenerationResult } from '../src/contract/generation.ts';
import { WORKFLOW_TYPES } from '../src/contract/names.ts';
import { priorityOf } from '../src/contract/priority.ts';
import type { RequestDraft } from '../src/domain/resolve-request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';

export interface GenerateImagesOptions {
  /** The generation's workflow id. Default: a new one, recorded in the caller's history. */
  readonly id?: string;
  /** Where the plugin's worker polls. Default: the caller's own task queue. */
  readonly taskQueue?: string;
}

/**
 * Generates images from within a workflow and returns references to them.
 *
 * Inputs are artifacts or URLs (a workflow has no files). Throws a `ChildWorkflowFailure` whose cause
 * is an `ApplicationFailure` of type `gemini.<branch>` with a `GenerationFailure` in its details.
 *
 * @example
 * const { images } = await generateImages({ prompt: 'a red fox in snow, watercolor' });
 */
export async function generateImages(
  request: RequestDraft,
  options: GenerateImagesOptions = {},
): Promise<GenerationResult> {
  const input: GenerationInput = { request: resolveRequest(request) };
  return await executeChild<(input: GenerationInput) => Promise<GenerationResult>>(
    WORKFLOW_TYPES.generation,
    {
      workflowId: options.id ?? `gemini-images-${uuid4()}`,
      args: [input],
      // Its own, whatever the caller's workflow has: the urgency of the request says it.
      priority: priorityOf(input.request),
      ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
    },
  );
}
