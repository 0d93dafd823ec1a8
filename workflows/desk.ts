/**
 * The operator's desk: what is asked now, what people sent, and what came of each piece. Decisions come
 * as signals, which cannot be refused and are answered in the log, or as the update `decide`, which is
 * refused by its validator and then leaves no history (I12). The desk judges; `generation.ts` acts.
 */
import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { FAILURES, SIGNALS, UPDATES } from '../src/contract/names.ts';
import { SIGNAL_OF } from '../src/contract/signal-of.ts';
import type { Ask, Choice } from '../src/domain/ask.ts';
import type { Decision, DecisionOutcome, DecisionRecord } from '../src/domain/decision.ts';
import { readChoice, readDecision } from '../src/domain/decision.ts';
import type { Judgement } from '../src/domain/judgement.ts';
import { judge } from '../src/domain/judgement.ts';
import { shortText } from '../src/domain/short-text.ts';

/** A person needs the last ones; all are in the history. */
const MOST_KEPT = 8;
/** Bytes of a text in the log, which is told in queries (I1). */
const LONGEST_TEXT = 250;
const LONGEST_NAME = 100;

const decideUpdate = defineUpdate<DecisionRecord, [unknown]>(UPDATES.decide);

/** A decision that was taken, with the ask it answers. */
export interface Taken {
  readonly decision: Decision;
  readonly ask: Ask;
  readonly record: DecisionRecord;
}

export class Desk {
  private ask: Ask | undefined;
  private taken: Taken | undefined;
  private records: readonly DecisionRecord[] = [];
  private readonly onChange: () => void;

  /** @param onChange Something was asked or answered: the details are to be told anew. */
  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  /** From here on people are heard; what they sent before is heard now. */
  listen(): void {
    for (const [choice, name] of Object.entries(SIGNAL_OF) as [Choice, string][]) {
      setHandler(
        defineSignal<[unknown]>(name),
        (payload) => void this.receive(choice, readDecision(choice, payload), 'signal'),
        { description: `Decides ${choice}: { by, why, evidence }. What came of it stands in the details.` },
      );
    }
    setHandler(
      decideUpdate,
      (payload) => {
        const decision = readChoice(payload);
        return this.receive('junk' in decision ? undefined : decision.choice, decision, 'update');
      },
      {
        validator: (payload) => this.refuse(readChoice(payload)),
        description: 'Decides, or is refused at once: { choice, by, why, evidence, route?, change? }.',
      },
    );
    setDefaultSignalHandler((name) => {
      const answer = `no signal ${name.slice(0, 60)}; these are: ${Object.values(SIGNALS).join(', ')}`;
      this.keep({ at: Date.now(), via: 'signal', outcome: 'junk', answer });
    });
  }

  get open(): Ask | undefined {
    return this.ask;
  }

  get isDecided(): boolean {
    return this.taken !== undefined;
  }

  get log(): readonly DecisionRecord[] {
    return this.records;
  }

  /** A decision on another question that nobody carried out in time is not one on this. */
  put(ask: Ask | undefined): void {
    const { taken } = this;
    this.ask = ask;
    if (taken !== undefined && taken.ask !== ask) {
      this.taken = undefined;
      this.amend(taken.record, 'it came when the call was already being made; look again', 'stale');
    }
    this.onChange();
  }

  /** The decision to act on, once; the desk is empty after it. */
  take(): Taken | undefined {
    const { taken } = this;
    this.taken = undefined;
    this.ask = undefined;
    return taken;
  }

  /** What was taken proved impossible when it was carried out: told where it was told. */
  amend(record: DecisionRecord, answer: string, outcome: DecisionOutcome = 'refused'): void {
    const amended = { ...record, outcome, answer: shortText(answer, LONGEST_TEXT) };
    this.records = this.records.map((each) => (each === record ? amended : each));
    this.onChange();
  }

  /** An operator decided beforehand: recorded beside what people sent. */
  granted(decision: Decision, answer: string): DecisionRecord {
    const { choice } = decision;
    return this.keep({
      at: Date.now(),
      via: 'grant',
      outcome: 'taken',
      answer,
      choice,
      ...saidIn(decision),
    });
  }

  /** Said without a question, and done or not: recorded beside the decisions. */
  note(record: Omit<DecisionRecord, 'at' | 'via'>): void {
    const { by, why } = record;
    this.keep({
      ...record,
      at: Date.now(),
      via: 'signal',
      ...(by === undefined ? {} : { by: shortText(by, LONGEST_NAME) }),
      ...(why === undefined ? {} : { why: shortText(why, LONGEST_TEXT) }),
    });
  }

  private judgement(decision: ReturnType<typeof readDecision>): Judgement {
    return judge(decision, {
      ask: this.ask,
      taken: this.taken?.decision,
      before: this.records.findLast(({ outcome }) => outcome === 'taken'),
      now: Date.now(),
    });
  }

  private refuse(decision: ReturnType<typeof readDecision>): void {
    const judgement = this.judgement(decision);
    if (judgement.outcome === 'taken') return;
    throw ApplicationFailure.create({
      message: judgement.answer,
      type: FAILURES.decision,
      nonRetryable: true,
      details: [{ ...judgement, ...(this.ask === undefined ? {} : { evidence: this.ask.evidence }) }],
    });
  }

  private receive(
    choice: Choice | undefined,
    decision: ReturnType<typeof readDecision>,
    via: DecisionRecord['via'],
  ): DecisionRecord {
    const { outcome, answer } = this.judgement(decision);
    const said = 'junk' in decision ? {} : saidIn(decision);
    const record = this.keep({
      at: Date.now(),
      via,
      outcome,
      answer,
      ...(choice === undefined ? {} : { choice }),
      ...said,
    });
    if (outcome === 'taken' && this.ask !== undefined && !('junk' in decision)) {
      this.taken = { decision, ask: this.ask, record };
    }
    this.onChange();
    return record;
  }

  private keep(record: DecisionRecord): DecisionRecord {
    const kept = { ...record, answer: shortText(record.answer, LONGEST_TEXT) };
    this.records = [...this.records, kept].slice(-MOST_KEPT);
    this.onChange();
    return kept;
  }
}

function saidIn({ by, why, evidence, route, change }: Decision): Partial<DecisionRecord> {
  return {
    by: shortText(by, LONGEST_NAME),
    why: shortText(why, LONGEST_TEXT),
    evidence: evidence.slice(0, 64),
    ...(route === undefined ? {} : { route: shortText(route, LONGEST_NAME) }),
    ...(change === undefined ? {} : { field: change.field }),
  };
}
