/** Keeps the prompts that a text model made, with what was changed, so that people can read it. */
import { diffWordsWithSpace } from 'diff';
import type { MakePromptInput } from '../src/contract/generation.ts';
import type { DiffPart, MadePrompt, Preparation, PromptRecord } from '../src/domain/preparation.ts';
import { readRewrite } from '../src/domain/text-task/rewrite.ts';
import { readSimplification } from '../src/domain/text-task/simplify.ts';
import type { ActivityDeps } from './deps.ts';

/** What the text model's answer comes to; its prompts and their record are in the store. */
export async function keepPrompts(
  deps: ActivityDeps,
  { remedy, text: { model } }: MakePromptInput,
  original: string,
  answer: string,
): Promise<Preparation> {
  if (remedy === 'rewrite') {
    const read = readRewrite(answer, original);
    if (!read.ok) return { remedy, ok: false, why: read.why };
    const { techniques } = read;
    const change = techniques.length === 0 ? 'in other words' : techniques.join(', ');
    const made = [{ text: read.prompt, change }];
    return await keep(deps, { remedy, model, techniques, original }, made);
  }
  const read = readSimplification(answer, original);
  if (!read.ok) return { remedy, ok: false, why: read.why };
  const { core, requirements, keeps } = read;
  const made = read.prompts.map((text, i) => ({
    text,
    change: `keeps ${keeps[i]} of ${requirements.length} requirements`,
  }));
  const record = { remedy, model, techniques: ['core-first'], original, core, requirements, keeps };
  return await keep(deps, record, made);
}

async function keep(
  deps: ActivityDeps,
  facts: Omit<PromptRecord, 'prompts'>,
  made: readonly { readonly text: string; readonly change: string }[],
): Promise<Preparation> {
  const prompts: MadePrompt[] = [];
  const told: PromptRecord['prompts'][number][] = [];
  for (const { text, change } of made) {
    const { sha256, bytes } = await deps.store.put(Buffer.from(text), 'text/plain; charset=utf-8');
    prompts.push({ prompt: { sha256, bytes }, change });
    told.push({ sha256, text, change, diff: diffOf(facts.original, text) });
  }
  const record: PromptRecord = { ...facts, prompts: told };
  const json = Buffer.from(JSON.stringify(deps.redactor.json(record)));
  const { sha256 } = await deps.store.put(json, 'application/json');
  return { remedy: facts.remedy, ok: true, prompts, techniques: facts.techniques, record: sha256 };
}

function diffOf(before: string, after: string): readonly DiffPart[] {
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    value,
    ...(added ? { added } : {}),
    ...(removed ? { removed } : {}),
  }));
}
