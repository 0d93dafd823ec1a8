/** The catalogue as a table for people, one for each endpoint. */
import { SIZES } from '../../domain/request.ts';
import { paint } from '../output.ts';
import type { ModelLine } from './model-lines.ts';

export interface ToldModels {
  readonly lines: readonly ModelLine[];
  /** Where the account was asked: `http://127.0.0.1:8787`; undefined where it was not. */
  readonly asked?: string | undefined;
  /** Image models that the account sees and the catalogue does not know. */
  readonly unknown: readonly string[];
}

const NONE = '–';

export function modelsWords({ lines, asked, unknown }: ToldModels): string {
  const endpoints = [...new Set(lines.map(({ endpoint }) => endpoint))];
  return [
    ...endpoints.flatMap((endpoint) => [
      paint('bold', endpoint),
      ...table(lines.filter((line) => line.endpoint === endpoint)),
    ]),
    '',
    'USD an image, in a batch behind the slash; prompt, drafts and thinking come on top',
    ...(asked === undefined ? [] : [`account: what the key sees at ${asked}`]),
    ...(unknown.length === 0
      ? []
      : [`there and not in the catalogue (--catalogue, option \`catalogue\`): ${unknown.join(', ')}`]),
  ].join('\n');
}

function table(lines: readonly ModelLine[]): readonly string[] {
  const sizes = SIZES.filter((size) => lines.some(({ prices }) => prices.some((each) => each.size === size)));
  const isAsked = lines.some(({ live }) => live !== null);
  const account = (text: string): readonly string[] => (isAsked ? [text] : []);
  const rows = [
    ['chain', 'model', ...sizes, 'refs', 'tiers', ...account('account'), 'state'],
    ...lines.map((line) => [
      line.chain === null ? NONE : String(line.chain),
      line.model,
      ...sizes.map((size) => priceWords(line, size)),
      String(line.maxReferences),
      line.tiers.map(({ tier, factor }) => (factor === 1 ? tier : `${tier} ×${factor}`)).join(', '),
      ...account(line.live === true ? 'sees it' : 'missing'),
      line.standing,
    ]),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

function priceWords({ prices }: ModelLine, wanted: string): string {
  const price = prices.find(({ size }) => size === wanted);
  if (price === undefined) return NONE;
  const { usd, batchUsd } = price;
  return `${amount(usd)} / ${batchUsd === null ? NONE : amount(batchUsd)}`;
}

function amount(usd: number): string {
  return usd.toFixed(3);
}
