/** How many were woken, and what becomes of the rest. */
import type { Woken } from '../client/causes-wake.ts';

export function wokenWords({ woken, left, why }: Woken): string {
  if (woken === 0 && left === 0) return 'nobody waits for it';
  const rest =
    left === 0
      ? ''
      : `; ${left} ${left === 1 ? 'is' : 'are'} left${why === undefined ? '' : ` (${why.replace(/\s+/g, ' ')})`}: ` +
        `${left === 1 ? 'it looks again by itself' : 'they look again by themselves'} within 5 minutes`;
  return `${woken} woken${rest}`;
}
