/**
 * Activities that answer from a script, so that a workflow test says exactly what each call came to.
 * The real failures module makes the failures: what the workflow reads is what it reads in production.
 */
import { ApplicationFailure } from '@temporalio/common';
import { extractPending, invalid, notYet, storeAway, verdict } from '../../activities/failures.ts';
import type {
  Delivery,
  FallBackAnswer,
  GenerateInput,
  GenerationActivities,
  QuotaAnswer,
} from '../../src/contract/generation.ts';
import type { FailedAttempt } from '../../src/domain/attempt.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { snapshot } from './attempts.ts';

/** What one run of `gemini.generate` comes to. */
export type Scripted =
  | 'image'
  | FailedAttempt
  | { readonly wait: number }
  | 'extract-pending'
  | 'store-away'
  | 'invalid'
  | (() => Promise<Delivery>);

export interface Script {
  readonly calls: Scripted[];
  readonly snapshot?: Partial<PolicySnapshot>;
  readonly quota?: QuotaAnswer[];
  readonly fallBack?: FallBackAnswer[];
  readonly extract?: Scripted[];
}

export interface Scripts {
  readonly activities: GenerationActivities;
  readonly generated: GenerateInput[];
  readonly fallenBack: string[];
  /** How often quota was asked. */
  readonly checked: number;
}

const IMAGE = { sha256: 'a'.repeat(64), mime: 'image/jpeg', bytes: 1_000, width: 1_024, height: 1_024 };

export function delivery(input: GenerateInput): Delivery {
  const rung = input.snapshot.rungs[input.variation.rung];
  return {
    attempt: {
      n: input.n,
      move: input.move,
      variation: input.variation,
      route: 'default',
      model: rung?.model ?? '',
      fingerprint: 'f'.repeat(64),
      startedAt: 0,
      tookMs: 10,
      billed: 'yes',
      cost: { sureUsd: 0.1, possibleUsd: 0 },
    },
    images: [IMAGE],
    drafts: [],
    texts: [],
    warnings: [],
  };
}

function perform(scripted: Scripted | undefined, input: GenerateInput): Promise<Delivery> | Delivery {
  if (scripted === undefined)
    throw ApplicationFailure.nonRetryable('the script has no further call', 'test.script');
  if (typeof scripted === 'function') return scripted();
  if (scripted === 'image') return delivery(input);
  if (scripted === 'extract-pending') throw extractPending(new Error('disk full'));
  if (scripted === 'store-away') throw storeAway(new Error('disk full'));
  if (scripted === 'invalid') {
    throw invalid([
      { reason: 'bad-input', field: 'inputs[0]', value: 'x', allowed: 'images', message: 'is cut' },
    ]);
  }
  if ('wait' in scripted)
    throw notYet({ kind: 'wait', ms: scripted.wait, why: '60 a minute', limit: 'rpm', place: 3 });
  const { n, move, variation } = input;
  throw verdict({ ...scripted, n, move, variation });
}

export function scripted(script: Script, now: () => Promise<number> = async () => Date.now()): Scripts {
  const generated: GenerateInput[] = [];
  const fallenBack: string[] = [];
  let checked = 0;
  const activities: GenerationActivities = {
    'gemini.checkQuota': async (input) => {
      checked += 1;
      const base =
        input.snapshot ??
        snapshot({ deadlineAt: (await now()) + input.request.deadlineMs, ...script.snapshot });
      const answer = script.quota?.shift() ?? { kind: 'go' };
      return answer.kind === 'invalid' ? answer : { ...answer, snapshot: base };
    },
    'gemini.fetchInputs': async () => [],
    'gemini.generate': async (input) => {
      generated.push(input);
      return perform(script.calls.shift(), input);
    },
    'gemini.extract': async (input) => perform(script.extract?.shift(), input),
    'gemini.fallBack': async (input) => {
      fallenBack.push(input.snapshot.rungs[input.variation.rung]?.model ?? '');
      return script.fallBack?.shift() ?? { kind: 'open', path: '' };
    },
  };
  return {
    activities,
    generated,
    fallenBack,
    get checked() {
      return checked;
    },
  };
}
