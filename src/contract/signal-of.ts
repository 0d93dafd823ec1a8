/** The signal that carries each choice: what a person sends from Temporal's own UI. */
import type { Choice } from '../domain/ask.ts';
import { SIGNALS } from './names.ts';

export const SIGNAL_OF = {
  'route-out': SIGNALS.approveRouteOut,
  rewrite: SIGNALS.approveRewrite,
  retry: SIGNALS.retryNow,
  change: SIGNALS.changeRequest,
  reject: SIGNALS.rejectRouteOut,
} as const satisfies Readonly<Record<Choice, string>>;
