/** Durations as people write them: `500ms`, `30s`, `10m`, `1h30m`, `2d`; and as they read them. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds, or undefined where the text is no duration. A bare number has no unit, except 0. */
export function durationMs(text: string): number | undefined {
  const compact = text.trim().toLowerCase();
  if (compact === '0') return 0;
  if (!WHOLE.test(compact)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of compact.matchAll(PART)) sum += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return Math.round(sum);
}

/** `43 s`, `12 min`, `5.5 h`, `2 days`: as exact as the length deserves. */
export function durationWords(ms: number): string {
  if (ms < 120_000) return `${Math.max(0, Math.round(ms / 1_000))} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} days`;
}
