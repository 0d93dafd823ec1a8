/**
 * The book of faults: rules given as options or by the control API, and commands in prompts. It keeps
 * the counts that decide whether a fault strikes now. Rules are asked first, in order, then the prompt.
 */
import { draw } from '../random.ts';
import { stageOf } from './action.ts';
import type { FaultAction, StrikeStage } from './action.ts';
import { matches, reaches } from './match.ts';
import type { FaultableCall } from './match.ts';
import { conditionsHold } from './prompt-commands.ts';
import { ruleName, shareAt } from './rule.ts';
import type { FaultRule } from './rule.ts';

export interface Strike {
  readonly name: string;
  readonly action: FaultAction;
}

interface KeptRule {
  readonly rule: FaultRule;
  /** Epoch milliseconds. */
  readonly addedAt: number;
  seen: number;
  strikes: number;
}

export interface FaultState {
  readonly name: string;
  readonly rule: FaultRule;
  readonly seen: number;
  readonly strikes: number;
}

export class FaultBook {
  readonly #seed: string;
  readonly #initial: readonly FaultRule[];
  #rules: KeptRule[] = [];
  #prompts = new Map<string, number>();
  #commands = new Map<string, number[]>();

  constructor(seed: string, rules: readonly FaultRule[]) {
    this.#seed = seed;
    this.#initial = rules;
    this.add(rules);
  }

  add(rules: readonly FaultRule[]): void {
    const addedAt = Date.now();
    this.#rules.push(...rules.map((rule) => ({ rule, addedAt, seen: 0, strikes: 0 })));
  }

  clear(): void {
    this.#rules = [];
  }

  /** Back to the rules of the options, all counts at zero. */
  reset(): void {
    this.#rules = [];
    this.#prompts = new Map();
    this.#commands = new Map();
    this.add(this.#initial);
  }

  list(): FaultState[] {
    return this.#rules.map(({ rule, seen, strikes }) => ({ name: ruleName(rule), rule, seen, strikes }));
  }

  /** Counts a call of this prompt and says which one it is, from 1. */
  countPrompt(promptSha256: string): number {
    const n = (this.#prompts.get(promptSha256) ?? 0) + 1;
    this.#prompts.set(promptSha256, n);
    return n;
  }

  /** The fault that strikes this call at this stage, if any; counts it. */
  strike(stage: StrikeStage, call: FaultableCall): Strike | undefined {
    let struck: Strike | undefined;
    for (const [index, kept] of this.#rules.entries()) {
      const { rule } = kept;
      if (stageOf(rule.action, rule.match.prompt !== undefined) !== stage) continue;
      if (!matches(rule, call) || !reaches(rule.action, call)) continue;
      kept.seen += 1;
      if (struck || kept.strikes >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      if (rule.nth && !rule.nth.includes(kept.seen)) continue;
      const share = shareAt(rule, Date.now() - kept.addedAt);
      if (share !== undefined && this.#chance(index, call) >= share) continue;
      kept.strikes += 1;
      struck = { name: ruleName(rule), action: rule.action };
    }
    return struck ?? this.#strikeByPrompt(stage, call);
  }

  #chance(rule: number, call: FaultableCall): number {
    const { model = '', promptSha256 = '', promptAttempt = 0 } = call;
    return draw(this.#seed, 'fault', rule, model, promptSha256, promptAttempt);
  }

  #strikeByPrompt(stage: StrikeStage, call: FaultableCall): Strike | undefined {
    const { commands = [], model, modalities, output } = call;
    const owner = call.generation?.id ?? call.promptSha256;
    if (commands.length === 0 || owner === undefined) return undefined;
    if (model === undefined || modalities === undefined || output === undefined) return undefined;
    const key = [owner, ...commands.map((item) => item.text)].join('\n');
    const strikes = this.#commands.get(key) ?? commands.map(() => 0);
    this.#commands.set(key, strikes);
    for (const [index, item] of commands.entries()) {
      const struck = strikes[index] ?? 0;
      if (struck >= item.times || !reaches(item.action, call)) continue;
      if (!conditionsHold(item, { ...call, model, modalities, output })) continue;
      // The first open item is this call's; if it belongs to another stage, that stage will take it.
      if (stageOf(item.action, true) !== stage) return undefined;
      strikes[index] = struck + 1;
      return { name: item.text, action: item.action };
    }
    return undefined;
  }
}
