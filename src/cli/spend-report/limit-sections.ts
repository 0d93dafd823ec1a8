/** Which limits bind: what generations waited for, and how limits are used at the moment. */
import { shareWords, timeWords, wholeWords } from '../../domain/report/number-words.ts';
import type { Report } from '../../domain/report/report.ts';
import { waitWords } from '../../domain/report/wait-words.ts';
import { rows } from '../../words/plots.ts';
import { table } from './table.ts';

export function limitSections({ waits, quotas }: Report): readonly string[] {
  return [waitSection(waits), quotaSection(quotas)];
}

function waitSection(waits: Report['waits']): string {
  const [longest] = waits;
  if (longest === undefined) {
    return '<section><h2>What generations waited for</h2><p>None waited.</p></section>';
  }
  const plot = {
    id: 'waits',
    title: 'Time that generations waited, by what for',
    description: `Most for ${waitWords(longest.kind)}: ${timeWords(longest.ms)} in all. The table below has every number.`,
  };
  const bars = waits.map(({ kind, ms }) => ({ label: waitWords(kind), value: ms, words: timeWords(ms) }));
  const lines = waits.map(({ kind, ms, generations, meanMs }) => ({
    cells: [waitWords(kind), timeWords(ms), wholeWords(generations), timeWords(meanMs)],
  }));
  const rest = table('Waits', ['for', 'in all', 'generations', 'each'], lines);
  return `<section><h2>What generations waited for</h2>${rows(plot, bars)}${rest}</section>`;
}

function quotaSection(quotas: Report['quotas']): string {
  if (quotas.length === 0) {
    return '<section><h2>Limits at the moment</h2><p>No governor knows of any: workers with quota: fleet tell them.</p></section>';
  }
  const lines = quotas.map(({ account, model, dimension, used, limit, share, source, ageMs, warns }) => ({
    cells: [
      `${model}, ${account}`,
      dimension,
      wholeWords(used),
      wholeWords(limit),
      shareWords(share),
      source === 'config' ? 'configured' : `${source} ${timeWords(ageMs)} ago`,
    ],
    warns,
  }));
  const rest = table(
    'Limits; from 80 % on they are marked',
    ['model', 'limit of', 'used', 'limit', 'share', 'source'],
    lines,
  );
  return `<section><h2>Limits at the moment</h2>${rest}</section>`;
}
