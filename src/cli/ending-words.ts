/** How a generation ended, or that it goes on: for people, as one JSON object, as an exit code. */
import type { GenerationFailed, StillRunning } from '../client/errors.ts';
import type { GenerationResult, TrailLine } from '../contract/generation.ts';
import type { ImageRef } from '../domain/artifact.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { Ending } from './follow.ts';
import { paint } from './output.ts';
import { asksAPerson, phaseLine } from './phase-words.ts';
import { bytesWords, costWords, trailTable } from './trail-words.ts';

export const EXIT_OF: Readonly<Record<Ending['kind'], ExitCode>> = {
  done: EXIT.ok,
  failed: EXIT.generationFailed,
  running: EXIT.stillRunning,
};

/** @param files where the images were written, in their order; empty when they were not */
export function endingJson(ending: Ending, files: readonly string[]): object {
  switch (ending.kind) {
    case 'done': {
      const { images, ...result } = ending.result;
      return { outcome: 'done', ...result, images: images.map((image, i) => withFile(image, files[i])) };
    }
    case 'failed': {
      const { id, branch, reason, owner, userAction, classification, failure } = ending.error;
      const { why, cause, cost, trail, evidence = null } = failure;
      const { message, billed } = classification;
      const verdict = { branch, reason, owner, userAction, message, billed };
      return { outcome: 'failed', id, ...verdict, cause, why, evidence, cost, trail };
    }
    case 'running': {
      const { id, phase, why, until } = ending.error;
      return { outcome: 'running', id, phase, why, until: until?.toISOString() ?? null };
    }
  }
}

/** @param lookAgain command line that looks at it again */
export function endingWords(ending: Ending, files: readonly string[], lookAgain: string): string {
  switch (ending.kind) {
    case 'done':
      return resultWords(ending.result, files).join('\n');
    case 'failed':
      return [
        `${paint('red', 'failed')}  ${ending.error.id}`,
        ...verdictWords(ending.error),
        `  cost      ${costWords(ending.error.failure.cost)}`,
        ...attemptsTable(ending.error.trail),
        // What was refused before any call left none.
        `more        ${lookAgain}${ending.error.failure.evidence === undefined ? '' : ' --evidence'}`,
      ].join('\n');
    case 'running':
      return runningWords(ending.error, lookAgain).join('\n');
  }
}

export function resultWords(result: GenerationResult, files: readonly string[]): readonly string[] {
  const { images, texts, route, model, modelVersion, size, pathWhy, trail, cost, warnings } = result;
  const path = [route, model, size, modelVersion === model ? undefined : modelVersion];
  const head = `${images.length} ${images.length === 1 ? 'image' : 'images'}, ${result.id}`;
  return [
    `${paint('green', 'done')}  ${head}`,
    ...images.map((image, i) => `  ${imageWords(image, files[i])}`),
    ...texts.map((text) => `  text      ${text.replace(/\s+/g, ' ')}`),
    `  path      ${path.filter((word) => word !== undefined).join(', ')}: ${pathWhy ?? 'as asked'}`,
    `  attempts  ${attemptsWords(trail.map(({ verdict }) => verdict))}`,
    `  cost      ${costWords(cost)}`,
    ...warnings.map((warning) => `  ${paint('yellow', 'warning')}   ${warning}`),
  ];
}

/** Branch and reason, the original words, why it ended there, and who must do what. */
export function verdictWords(error: GenerationFailed): readonly string[] {
  const { branch, reason, owner, userAction, classification, failure } = error;
  return [
    `  verdict   ${branch}/${reason}, ended by ${failure.cause}: ${failure.why}`,
    `  original  ${classification.message.replace(/\s+/g, ' ')}`,
    `  ${owner.padEnd(8)}  ${userAction}`,
    ...(failure.evidence === undefined ? [] : [`  evidence  sha256:${failure.evidence}`]),
  ];
}

export function attemptsTable(trail: readonly TrailLine[]): readonly string[] {
  return trail.length === 0 ? [] : ['attempts', ...trailTable(trail).map((line) => `  ${line}`)];
}

function runningWords({ id, phase, why, until }: StillRunning, lookAgain: string): readonly string[] {
  const facts = { phase, why, ...(until === undefined ? {} : { until: until.getTime() }) };
  return [
    `${paint('yellow', 'still running')}  ${id}`,
    `  ${phaseLine(facts, Date.now())}`,
    ...(asksAPerson(phase) ? ['  a person is asked; what may be decided:'] : []),
    `  look again  ${lookAgain}`,
  ];
}

function imageWords(image: ImageRef, file: string | undefined): string {
  const { sha256, mime, bytes, width, height } = image;
  return `${file ?? `sha256:${sha256}`}  ${width}×${height}  ${bytesWords(bytes)}  ${mime}`;
}

function attemptsWords(verdicts: readonly string[]): string {
  // Beyond Temporal's retention the images are known, the story is not.
  if (verdicts.length === 0) return 'not kept';
  return verdicts.length === 1 ? '1' : `${verdicts.length}: ${verdicts.join(' → ')}`;
}

function withFile(image: ImageRef, file: string | undefined): object {
  return { ...image, file: file ?? null };
}
