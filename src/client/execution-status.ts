/** How a Temporal execution stands, in our words. */
export type GenerationStatus =
  'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'other';

const STATUS: Readonly<Record<string, GenerationStatus>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

/** @param name As the SDK calls it. */
export function statusOf(name: string): GenerationStatus {
  return STATUS[name] ?? 'other';
}
