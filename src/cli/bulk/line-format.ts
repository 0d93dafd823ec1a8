/**
 * A size or ratio that the model named by a line does not have, found before anything is started. A model that is not
 * in the catalogue, and one that no line names, are the worker's to judge: it may know more.
 */
import type { Catalogue } from '../../domain/catalogue.ts';
import { findModel } from '../../domain/catalogue.ts';
import { formatProblems } from '../../domain/preflight.ts';
import type { GenerateRequest } from '../../schema/request.ts';

/** Undefined where nothing is wrong with it. */
export function formatTrouble(
  catalogue: Catalogue,
  { model, size, aspectRatio }: Pick<GenerateRequest, 'model' | 'size' | 'aspectRatio'>,
): string | undefined {
  const entry = model === undefined ? undefined : findModel(catalogue, 'ai-studio', model);
  if (entry === undefined) return undefined;
  const problems = formatProblems(
    {
      ...(size === undefined ? {} : { size }),
      ...(aspectRatio === undefined ? {} : { aspectRatio }),
    },
    entry,
  );
  if (problems.length === 0) return undefined;
  const words = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
  return `${words} (where the workers' catalogue differs, give it as --catalogue)`;
}
