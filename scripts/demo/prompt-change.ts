/**
 * How a prompt was changed, for the contact sheet: the technique, and the words that went and came, read
 * from the record that the generation's result names.
 */
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { PromptChange } from '../../src/contract/generation.ts';
import type { DiffPart, PromptRecord } from '../../src/domain/preparation.ts';
import { suspects } from '../../src/domain/text-task/simplify.ts';
import { escape } from '../../src/words/escape.ts';

/** As the emulator reads them; they order the trouble and are no words of the prompt. */
const COMMAND = /\[\[\s*fault\s*:[^\]]*\]\]/g;
const HEADINGS = { rewrite: 'Prompt rewritten', simplify: 'Prompt simplified' } as const;

export async function promptChangeHtml(store: ArtifactStore, change: PromptChange): Promise<string> {
  const record = JSON.parse(Buffer.from(await store.get(change.record)).toString()) as PromptRecord;
  const at = record.prompts.findIndex(({ sha256 }) => sha256 === change.prompt);
  const diff = record.prompts[at]?.diff ?? [];
  const { requirements, keeps, model } = record;
  const culprits =
    requirements === undefined || keeps === undefined ? [] : suspects({ requirements, keeps }, at);
  const techniques = change.techniques.map((name) => `<li>${escape(name)}</li>`).join('');
  return `<section class="prompt">
    <h3>${HEADINGS[change.remedy]} by ${escape(model)}</h3>
    <ul class="techniques">${techniques}${change.remedy === 'simplify' ? `<li>${escape(change.change)}</li>` : ''}</ul>
    <p class="diff">${readableDiff(diff).map(part).join('')}</p>
    ${culprits.length === 0 ? '' : `<p class="culprit">What blanked it is here: ${escape(withoutCommands(culprits.join(', ')).trim())}</p>`}
  </section>`;
}

/**
 * A comparison word by word, as people read it: words that changed in a row are first all gone and then
 * all new, and the commands that order the trouble are no words of the prompt.
 */
export function readableDiff(parts: readonly DiffPart[]): readonly DiffPart[] {
  const stretches: { removed: string; added: string; same: string }[] = [];
  for (const { value, removed, added } of parts) {
    const last = stretches.at(-1);
    const open = last === undefined || last.same.trim() !== '' ? undefined : last;
    if (removed || added) {
      const stretch = open ?? { removed: '', added: '', same: '' };
      if (open === undefined) stretches.push(stretch);
      // Space between two changed words is in both texts.
      stretch.removed += stretch.same + (removed ? value : '');
      stretch.added += stretch.same + (added ? value : '');
      stretch.same = '';
    } else if (last === undefined) stretches.push({ removed: '', added: '', same: value });
    else last.same += value;
  }
  return stretches.flatMap(({ removed, added, same }) => {
    const gone = withoutCommands(removed);
    const come = withoutCommands(added);
    const wasSaid = gone.trim() !== '';
    const isSaid = come.trim() !== '';
    return [
      ...(wasSaid ? [{ value: gone, removed: true as const }] : []),
      ...(wasSaid && isSaid ? [{ value: ' ' }] : []),
      ...(isSaid ? [{ value: come, added: true as const }] : []),
      { value: withoutCommands(same) },
    ];
  });
}

function withoutCommands(text: string): string {
  return text.replace(COMMAND, '');
}

function part({ value, added, removed }: DiffPart): string {
  const text = escape(value);
  if (added) return `<ins>${text}</ins>`;
  return removed ? `<del>${text}</del>` : text;
}
