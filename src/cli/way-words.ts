/** Where a generation may still go: each rung with its price and what is lost there, before anybody approves it. */
import type { Way } from '../domain/way.ts';
import { priceWords } from '../domain/way.ts';
import { paint } from './output.ts';

export function wayLines(ways: readonly Way[]): readonly string[] {
  if (ways.length === 0) return [];
  return [paint('bold', 'where it may still go, in this order'), ...ways.flatMap(linesOf)];
}

function linesOf(way: Way): readonly string[] {
  const { kind, route, model, tier, by, changes = [], tooDear } = way;
  const where = kind === 'tier' ? `${model}, ${tier} tier` : `${model} on ${route}`;
  const who = by === 'person' ? 'a person approves it' : 'by itself, after proof';
  const dear = tooDear === true ? '; more than its cost limit leaves' : '';
  return [
    `  ${kind.padEnd(9)}  ${where}: ${who}; ${priceWords(way)}${dear}`,
    ...changes.map((change) => `             ${change}`),
  ];
}
