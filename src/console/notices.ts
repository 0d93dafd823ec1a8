/** What the page after a form says: kept here for a moment, for the one session that is to see it. */
import { randomUUID } from 'node:crypto';
import type { Notice } from './layout.ts';

const KEPT_MS = 10 * 60_000;
const MOST = 500;

export class Notices {
  private readonly kept = new Map<
    string,
    { readonly session: string; readonly at: number; readonly notice: Notice }
  >();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** @returns the id that the next address carries */
  put(session: string, notice: Notice): string {
    const id = randomUUID();
    this.kept.set(id, { session, at: this.now(), notice });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
    return id;
  }

  /** Stays for a reload; undefined for anybody else, and once it is old. */
  get(session: string, id: string): Notice | undefined {
    const kept = this.kept.get(id);
    if (kept === undefined || kept.session !== session || this.now() - kept.at > KEPT_MS) return undefined;
    return kept.notice;
  }
}
