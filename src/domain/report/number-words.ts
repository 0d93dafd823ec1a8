/** Numbers as people read them: money with the digits it deserves, shares in percent, lengths of time. */

export function usdWords(usd: number): string {
  if (usd === 0) return '0 USD';
  if (usd >= 100) return `${usd.toFixed(0)} USD`;
  return `${usd >= 1 ? usd.toFixed(2) : usd.toFixed(4)} USD`;
}

/** A small share is not told as none, nor nearly all as all. */
export function shareWords(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  // Of nines each counts.
  if (percent >= 99 && percent < 100) return `${Math.floor(percent * 1_000 + 1e-6) / 1_000} %`;
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export function timeWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} days`;
}

export function hourWords(hour: number): string {
  return `${String(hour).padStart(2, '0')}–${String((hour + 1) % 24).padStart(2, '0')} h UTC`;
}

/** `1 call`, `2,000 calls` */
export function countWords(n: number, one: string, many = `${one}s`): string {
  return `${wholeWords(n)} ${n === 1 ? one : many}`;
}

/** With a comma between thousands. */
export function wholeWords(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}
