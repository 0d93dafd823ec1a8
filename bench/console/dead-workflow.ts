/** A generation that is dead at once; its memo and attributes came with its start. */
import { ApplicationFailure } from '@temporalio/workflow';

export async function geminiGeneration(): Promise<never> {
  throw ApplicationFailure.nonRetryable('dead, for the bench', 'gemini.invalid-request');
}
