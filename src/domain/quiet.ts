/** Quiet hours: when a call that may wait is made, as somebody configured them or a governor learned them. */

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Hours of a place's own clock, whatever its summer time does. */
export interface QuietWindow {
  /** `22:00` */
  readonly from: string;
  /** `06:00`: the next day's where it is not after `from`. `24:00` is the end of the day. */
  readonly to: string;
  /** IANA name, such as `America/Los_Angeles`. */
  readonly zone: string;
  /** Days on which it begins. @default every day */
  readonly days?: readonly Weekday[];
}

/** How the hours of a day fared at one model, weighed: a day counts for a tenth less with each day after it. */
export interface HourCounts {
  readonly model: string;
  readonly tier: string;
  /** By hour of the day, UTC: 24 numbers. */
  readonly calls: readonly number[];
  /** Of them: capacity, gateway-fault, internal, quota-unknown. */
  readonly capacity: readonly number[];
}

/** What is known of quiet hours at a moment; durations, because clocks differ. */
export interface QuietOutlook {
  readonly source: 'configured' | 'learned' | 'none';
  /** Milliseconds until they begin; 0: they are now. Absent: none are known. */
  readonly inMs?: number;
  /** How long they last from then on. */
  readonly forMs?: number;
  /** One line for people: which hours, and by which evidence. */
  readonly why: string;
}
