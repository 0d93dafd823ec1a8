/** Where it may still go, in order: by whose word, at what price, and what is lost there. */
import { priceWords } from '../../../domain/way.ts';
import type { Html } from '../../html.ts';
import { foreign, html, NOTHING } from '../../html.ts';
import { section, table } from '../../section.ts';
import type { GenerationData } from './load.ts';

export function waySection({ description }: GenerationData): Html {
  const ways = description?.ways ?? [];
  if (ways.length === 0) return NOTHING;
  const rows = ways.map((way) => [
    way.kind,
    html`${foreign(way.model)}, ${way.tier} tier, on ${foreign(way.route)}`,
    way.by === 'person' ? 'a person approves it' : 'by itself, after proof',
    html`${priceWords(way)}${way.tooDear === true && html` <span class="tag bad">more than its cost limit leaves</span>`}`,
    foreign((way.changes ?? []).join('; ')),
  ]);
  return section('ways', table('Ways', ['Kind', 'Where', 'Who', 'Price of a call', 'What differs'], rows), {
    title: 'Where it may still go',
  });
}
