/**
 * In what order workers take the tasks of generations: Temporal's priority, given at the start and
 * inherited by every activity. Whoever waits for an image comes before what may take a day, and among equals
 * the tenants take turns, so that one's thousand do not stand before another's three (where the server has
 * fairness switched on; docs/contract.md). Quota is another matter: the broker deals that out by itself.
 */
import type { GenerationRequest, Urgency } from '../domain/request.ts';
import { utf8Bytes } from '../domain/short-text.ts';

/** As `@temporalio/common` has it. */
export interface TaskPriority {
  /** 1 is first, 5 last; a task without one is 3. 1 and 5 are left for others in the namespace. */
  readonly priorityKey: number;
  /** At most 64 bytes. */
  readonly fairnessKey?: string;
  readonly fairnessWeight: number;
}

const PRIORITY: Readonly<Record<Urgency, number>> = { interactive: 2, standard: 3, batch: 4 };
/** Of every tenant: which one is worth more is for the server's task queue settings to say. */
const WEIGHT = 1;
/** The server refuses a longer one, and with it the start. */
const LONGEST_KEY = 64;
const KEPT = 40;

export function priorityOf({ urgency, tenant }: Pick<GenerationRequest, 'urgency' | 'tenant'>): TaskPriority {
  return {
    // A caller in another language may have sent anything: that is refused by the generation, not by the start.
    priorityKey: Object.hasOwn(PRIORITY, urgency) ? PRIORITY[urgency] : PRIORITY.standard,
    ...(typeof tenant === 'string' && tenant !== '' ? { fairnessKey: fairnessKey(tenant) } : {}),
    fairnessWeight: WEIGHT,
  };
}

function fairnessKey(tenant: string): string {
  if (utf8Bytes(tenant) <= LONGEST_KEY) return tenant;
  let kept = '';
  for (const letter of tenant) {
    if (utf8Bytes(kept + letter) > KEPT) break;
    kept += letter;
  }
  return `${kept}~${fnv1a64(tenant)}`;
}

/** Of UTF-16 code units, 16 hex characters; the sandbox has no other hash, and a clash only shares a turn. */
function fnv1a64(text: string): string {
  const mask = (1n << 64n) - 1n;
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    for (const byte of [unit & 0xff, unit >> 8]) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask;
  }
  return hash.toString(16).padStart(16, '0');
}
