/**
 * Revivals of a whole cause that are under way, or were: they belong to the console's process, so that a tab may
 * close. They end with it, and harmlessly: what was revived is revived, and begun again one goes on with what is left.
 */
import type { RequestChange } from '../client/changed-field.ts';
import type { GeminiImages } from '../client/gemini-images.ts';
import type { CauseRevivalRequest } from '../client/revive-cause.ts';
import { FormProblem } from './form.ts';

export interface RevivalState {
  readonly cause: string;
  readonly by: string;
  readonly why: string;
  /** Epoch milliseconds. */
  readonly begunAt: number;
  readonly endedAt?: number;
  /** Dead letters that it found, and what became of them so far. */
  readonly letters: number;
  readonly revived: number;
  readonly refused: number;
  /** Why the last one was refused. */
  readonly refusal?: string;
  /** Why it went no further; absent where all were revived, and while it is under way. */
  readonly stopped?: string;
}

export interface RevivalWish {
  readonly cause: string;
  readonly by: string;
  readonly why: string;
  readonly change?: RequestChange;
  readonly perMinute?: number;
  readonly limit?: number;
}

/** What ended is told for so long. */
const TOLD_MS = 60 * 60_000;

interface Kept {
  state: RevivalState;
  readonly over: AbortController;
}

export class Revivals {
  private readonly kept = new Map<string, Kept>();

  /** The newest first. @param now epoch milliseconds */
  told(now: number): readonly RevivalState[] {
    for (const [cause, { state }] of this.kept) {
      if (state.endedAt !== undefined && now - state.endedAt > TOLD_MS) this.kept.delete(cause);
    }
    return [...this.kept.values()].map(({ state }) => state).toSorted((a, b) => b.begunAt - a.begunAt);
  }

  /**
   * Resolves at its end with how it went. Throws {@link FormProblem} where the cause is being revived already, and what
   * the client throws before the first one.
   *
   * @param tell is told whenever something has happened
   */
  async begin(
    images: Pick<GeminiImages, 'reviveCause'>,
    wish: RevivalWish,
    tell: (state: RevivalState) => void,
  ): Promise<RevivalState> {
    const { cause, by, why } = wish;
    const before = this.kept.get(cause)?.state;
    if (before !== undefined && before.endedAt === undefined) {
      throw new FormProblem('cause', `${cause} is being revived by ${before.by} already; stop that first`);
    }
    const over = new AbortController();
    const start = { cause, by, why, begunAt: Date.now(), letters: 0, revived: 0, refused: 0 };
    const kept: Kept = { state: start, over };
    this.kept.set(cause, kept);
    const put = (change: Partial<RevivalState>): RevivalState => {
      kept.state = { ...kept.state, ...change };
      return kept.state;
    };
    const request: CauseRevivalRequest = {
      ...wish,
      signal: over.signal,
      onFound: ({ letters }) => tell(put({ letters })),
      onEach: (each) => {
        const { revived, refused } = kept.state;
        tell(
          put(
            each.kind === 'revived' ? { revived: revived + 1 } : { refused: refused + 1, refusal: each.why },
          ),
        );
      },
    };
    try {
      const { why: stopped } = await images.reviveCause(request);
      return put({ endedAt: Date.now(), ...(stopped === undefined ? {} : { stopped }) });
    } catch (error) {
      this.kept.delete(cause);
      throw error;
    }
  }

  /** Revives no further one. Throws {@link FormProblem} where none is under way. */
  stop(cause: string): void {
    const kept = this.kept.get(cause);
    if (kept === undefined || kept.state.endedAt !== undefined) {
      throw new FormProblem('cause', `no revival of ${cause} is under way`);
    }
    kept.over.abort();
  }
}

const byClient = new WeakMap<object, Revivals>();

/** One for each client, and so for each console. */
export function revivalsOf(images: object): Revivals {
  const known = byClient.get(images) ?? new Revivals();
  byClient.set(images, known);
  return known;
}

/** `120 of 3,012 revived, 2 refused` */
export function revivalWords({ letters, revived, refused, stopped, endedAt }: RevivalState): string {
  const others = refused === 0 ? '' : `, ${refused} refused`;
  const end = stopped === undefined ? '' : `: ${stopped}`;
  const words = `${revived} of ${letters} revived${others}${end}`;
  return endedAt === undefined && letters === 0 ? 'looking for its dead letters' : words;
}
