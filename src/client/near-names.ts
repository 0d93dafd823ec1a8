/** Names that somebody may have meant: for errors that say what there is instead of what there is not. */

const MOST_SHOWN = 5;

/** At most five of `known`, the most alike first: same beginning or one inside the other before the rest. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return known
    .map((each) => [each, likeness(wanted, each.toLowerCase())] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_SHOWN)
    .map(([each]) => each);
}

/** `h-1, h-2 and 3 more`, or that there is none. */
export function knownWords(name: string, known: readonly string[], none: string): string {
  if (known.length === 0) return none;
  const near = nearNames(name, known);
  const more = known.length - near.length;
  return `${near.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function likeness(wanted: string, known: string): number {
  if (known.includes(wanted) || wanted.includes(known)) return wanted.length + known.length;
  let same = 0;
  while (same < wanted.length && wanted[same] === known[same]) same += 1;
  return same;
}
