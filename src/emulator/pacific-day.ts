/**
 * The provider's day: it ends at midnight Pacific, also when the clocks change. A scaled day has no
 * calendar; it is 24 hours times the scale, counted from the epoch.
 */
export interface Day {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

const DAY_MS = 86_400_000;

const pacific = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function clockOf(at: number): { date: string; sinceMidnightMs: number } {
  const parts = Object.fromEntries(pacific.formatToParts(at).map((part) => [part.type, part.value]));
  const seconds = (Number(parts['hour']) * 60 + Number(parts['minute'])) * 60 + Number(parts['second']);
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    sinceMidnightMs: seconds * 1000 + (at % 1000),
  };
}

export function providerDay(now: number, timeScale: number): Day {
  if (timeScale !== 1) {
    const length = DAY_MS * timeScale;
    const index = Math.floor(now / length);
    return { key: `scaled-${index}`, resetsAt: (index + 1) * length };
  }
  const today = clockOf(now);
  let resetsAt = now + DAY_MS - today.sinceMidnightMs;
  // On a day of 23 or 25 hours the first guess lands an hour beside midnight.
  const guess = clockOf(resetsAt);
  resetsAt += guess.sinceMidnightMs > DAY_MS / 2 ? DAY_MS - guess.sinceMidnightMs : -guess.sinceMidnightMs;
  return { key: today.date, resetsAt };
}
