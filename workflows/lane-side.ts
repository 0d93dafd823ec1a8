/**
 * What a generation knows of its batch lane: how often each call entered, the last news of it, and where its
 * caller or an operator wants it: in the lane, or live.
 */
import { defineSignal, setHandler } from '@temporalio/workflow';
import type { LaneNews, LaneStanding } from '../src/contract/lane.ts';
import { LANE_NEWS_SIGNAL, MOVE_SIGNALS } from '../src/contract/names.ts';
import { readMove } from '../src/domain/promotion.ts';
import { shortText } from '../src/domain/short-text.ts';

/** Bytes of a person's words where they stand beside ours. */
const LONGEST_WORDS = 200;

export interface Wish {
  readonly to: 'live' | 'lane';
  /** Who, and why. */
  readonly words: string;
}

interface Told {
  /** Somebody wants it elsewhere, or sent what says nothing: for the record, before it has its effect. */
  moved(to: Wish['to'], said: ReturnType<typeof readMove>): void;
  /** It is wanted in the lane: a wait for a turn is to be looked up from. */
  wanted(): void;
}

export class LaneSide {
  /** The last one counts; absent: as the request's urgency says. */
  wish: Wish | undefined;
  private entries = { n: 0, entry: 0 };
  private news: LaneStanding | undefined;
  private readonly told: Told;

  constructor(told: Told) {
    this.told = told;
  }

  listen(): void {
    setHandler(defineSignal<[LaneNews]>(LANE_NEWS_SIGNAL), (news) => this.hear(news), {
      description: 'Where its item of a batch lane is.',
    });
    setHandler(defineSignal<[unknown]>(MOVE_SIGNALS.promote), (said) => this.want('live', said), {
      description:
        'Out of its wait for quiet hours or its batch lane, to a live call: { identity, reason? }.',
    });
    setHandler(defineSignal<[unknown]>(MOVE_SIGNALS.toBatch), (said) => this.want('lane', said), {
      description: 'Into the batch lane, where the request allows it: { identity, reason? }.',
    });
  }

  /** Another entry of this call; its number. */
  enter(n: number): number {
    this.entries = { n, entry: this.entries.n === n ? this.entries.entry + 1 : 1 };
    this.news = undefined;
    return this.entries.entry;
  }

  get hasNews(): boolean {
    return this.news !== undefined;
  }

  takeNews(): LaneStanding | undefined {
    const { news } = this;
    this.news = undefined;
    return news;
  }

  private hear({ n, entry, standing }: LaneNews): void {
    if (n !== this.entries.n || entry !== this.entries.entry) return;
    // An answer is the end of it, whatever else was on its way.
    if (this.news?.kind !== 'answered') this.news = standing;
  }

  private want(to: Wish['to'], payload: unknown): void {
    const said = readMove(payload);
    this.told.moved(to, said);
    if ('junk' in said) return;
    const { identity, reason } = said;
    const why = reason === undefined ? '' : `: ${reason}`;
    this.wish = { to, words: shortText(`${identity}${why}`, LONGEST_WORDS) };
    if (to === 'lane') this.told.wanted();
  }
}
