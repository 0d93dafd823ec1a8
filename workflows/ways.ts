/** Where a generation may still go, in Markdown for the Temporal UI. */
import type { Way } from '../src/domain/way.ts';
import { priceWords } from '../src/domain/way.ts';

export function wayLines(ways: readonly Way[]): readonly string[] {
  return ['### Where it may still go', ...ways.map(wayWords)];
}

function wayWords(way: Way): string {
  const { kind, route, model, tier, by, changes = [], tooDear } = way;
  const who = by === 'person' ? 'by a person' : 'by itself, once the branch is proved';
  const where = kind === 'tier' ? `${model}, ${tier} tier` : `${model} on ${route}`;
  const dear = tooDear === true ? '; more than its cost limit leaves' : '';
  return [`- ${kind} **${where}**, ${who}: ${priceWords(way)}${dear}`, ...changes].join('; ');
}
