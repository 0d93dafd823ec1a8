/** The part of the plugin's options that quiet hours are about. */
import type { QuietWindow } from '../domain/quiet.ts';
import type { QuietCalendar } from '../quota/quiet-windows.ts';
import { quietCalendar } from '../quota/quiet-windows.ts';

export interface QuietOptions {
  /**
   * When requests with `when: 'quiet'` make their first call, by the clock of a place. A route may have hours of
   * its own. There are no built-in ones: without any they are learned from when calls failed for capacity.
   *
   * @example [{ from: '22:00', to: '06:00', zone: 'America/Los_Angeles' }]
   * @default learned
   */
  readonly quietHours?: readonly QuietWindow[];
}

/** Throws a TypeError that names the option and the cure. */
export function quietOf({ quietHours }: QuietOptions, route?: string): QuietCalendar | undefined {
  if (quietHours === undefined) return undefined;
  return quietCalendar(quietHours, route === undefined ? '' : ` of route ${route}`);
}
