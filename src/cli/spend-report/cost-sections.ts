/** What it costs: by day, by model and tier, by tenant. */
import { usdWords, wholeWords } from '../../domain/report/number-words.ts';
import type { Report, SpendLine } from '../../domain/report/report.ts';
import { columns, rows } from '../../words/plots.ts';
import type { TableRow } from './table.ts';
import { table } from './table.ts';

const KEY = '<p><span class="key"></span>sure <span class="key possible"></span>possible</p>';
const MOST_TENANTS = 50;

export function costSections({ spend }: Report): readonly string[] {
  const { byDay, byModel, byTenant } = spend;
  if (byDay.length === 0) return [];
  const tenants = byTenant.some(({ key }) => key !== '') ? [tenantSection(byTenant)] : [];
  return [daySection(byDay), modelSection(byModel), ...tenants];
}

function daySection(lines: readonly SpendLine[]): string {
  const dearest = lines.toSorted((a, b) => spent(b) - spent(a))[0];
  const plot = {
    id: 'days',
    title: 'Cost by day',
    description:
      dearest === undefined
        ? 'None.'
        : `From ${lines[0]?.key ?? ''} to ${lines.at(-1)?.key ?? ''}; most on ${dearest.key}, ${usdWords(spent(dearest))}. The table below has every number.`,
  };
  const days = lines.map((line) => ({ ...bar(line), label: line.key.slice(5) }));
  const rest = table('Cost by the day on which generations ended, UTC', heads('day'), lines.map(row));
  return `<section><h2>Cost by day</h2>${KEY}${columns(plot, days)}${rest}</section>`;
}

function modelSection(lines: readonly SpendLine[]): string {
  const [first] = lines;
  const plot = {
    id: 'models',
    title: 'Cost by model and service tier',
    description:
      first === undefined
        ? 'None.'
        : `Most for ${first.key}: ${usdWords(spent(first))}. The table below has every number.`,
  };
  const rest = table('Cost by model and service tier', heads('model and tier'), lines.map(row));
  return `<section><h2>Cost by model and tier</h2>${KEY}${rows(plot, lines.map(bar))}${rest}</section>`;
}

function tenantSection(lines: readonly SpendLine[]): string {
  const named = lines
    .slice(0, MOST_TENANTS)
    .map((line) => ({ ...line, key: line.key === '' ? '(no tenant)' : line.key }));
  const left = lines.length - named.length;
  const more = left <= 0 ? '' : `<p>The ${named.length} dearest of ${lines.length}; --json has them all.</p>`;
  return `<section><h2>Cost by tenant</h2>${more}${table('Cost by tenant', heads('tenant'), named.map(row))}</section>`;
}

function heads(first: string): readonly string[] {
  return [first, 'sure', 'possible', 'wasted', 'images', 'per image', 'generations', 'calls'];
}

function row(line: SpendLine): TableRow {
  const { key, sureUsd, possibleUsd, wastedSureUsd, wastedPossibleUsd, images, usdPerImage } = line;
  return {
    cells: [
      key,
      usdWords(sureUsd),
      usdWords(possibleUsd),
      usdWords(wastedSureUsd + wastedPossibleUsd),
      wholeWords(images),
      usdPerImage === undefined ? '–' : usdWords(usdPerImage),
      wholeWords(line.generations),
      wholeWords(line.calls),
    ],
  };
}

function bar(line: SpendLine) {
  return { label: line.key, value: line.sureUsd, more: line.possibleUsd, words: usdWords(spent(line)) };
}

function spent({ sureUsd, possibleUsd }: SpendLine): number {
  return sureUsd + possibleUsd;
}
