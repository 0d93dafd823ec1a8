/**
 * Activities that answer from a script, so that a workflow test says exactly what each call came to.
 * The real failures module makes the failures: what the workflow reads is what it reads in production.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { extractPending, invalid, notYet, storeAway, verdict } from '../../activities/failures.ts';
import type {
  DeadRecord,
  Delivery,
  FallBackAnswer,
  GenerateInput,
  GenerationActivities,
  MadePrompts,
  MakePromptInput,
  CheckQuotaInput,
  QuotaAnswer,
  TakeGrantInput,
} from '../../src/contract/generation.ts';
import type { Grant, Hold } from '../../src/contract/standing.ts';
import type { FailedAttempt } from '../../src/domain/attempt.ts';
import type { Preparation } from '../../src/domain/preparation.ts';
import type { QuietOutlook } from '../../src/domain/quiet.ts';
import type { UploadedInput } from '../../src/domain/request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { snapshot } from './attempts.ts';

/** What one run of `gemini.generate` comes to. */
export type Scripted =
  | 'image'
  | FailedAttempt
  | { readonly wait: number }
  | { readonly held: Hold }
  | 'extract-pending'
  | 'store-away'
  | 'invalid'
  | (() => Promise<Delivery>);

export interface Script {
  readonly calls: Scripted[];
  readonly snapshot?: Partial<PolicySnapshot>;
  /** In turn, `go` afterwards; or by what is asked. */
  readonly quota?: QuotaAnswer[] | ((input: CheckQuotaInput) => QuotaAnswer);
  readonly fallBack?: FallBackAnswer[];
  readonly extract?: Scripted[];
  /** What text calls come to. */
  readonly prompts?: (Preparation | FailedAttempt)[];
  readonly uploads?: (readonly UploadedInput[] | FailedAttempt)[];
  readonly shrunk?: Preparation[];
  readonly deleted?: Preparation[];
  /** What asking for a grant comes to, each time; none afterwards. */
  readonly grants?: (Grant | 'none' | 'away')[];
  /** What is known of quiet hours, each time that is asked; nothing afterwards. */
  readonly quiet?: (QuietOutlook | 'away')[];
}

export interface Scripts {
  readonly activities: GenerationActivities;
  readonly generated: GenerateInput[];
  readonly fallenBack: string[];
  readonly prompted: MakePromptInput[];
  readonly uploaded: GenerateInput[];
  readonly buried: DeadRecord[];
  readonly grantsAsked: TakeGrantInput[];
  /** What quota was asked for, and how often. */
  readonly checks: CheckQuotaInput[];
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
      route: rung?.route ?? 'default',
      model: rung?.model ?? '',
      fingerprint: fingerprintOf(input),
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
  if ('held' in scripted) throw notYet({ kind: 'held', hold: scripted.held, why: 'its key is held' });
  if ('wait' in scripted)
    throw notYet({ kind: 'wait', ms: scripted.wait, why: '60 a minute', limit: 'rpm', place: 3 });
  throw verdict(atPath(scripted, input));
}

/** Another variation of the same request is another path, except for a longer client timeout. */
function fingerprintOf({ variation, request }: GenerateInput): string {
  const { prompt, inputs, safety, size, rung, history } = variation;
  const { modalities: asked, ...rest } = request;
  const modalities = variation.modalities ?? asked;
  const path = JSON.stringify([rung, size, prompt?.sha256, inputs, safety, modalities, rest, history]);
  return createHash('sha256').update(path).digest('hex');
}

/** A failure on the path that was really asked for. */
function atPath(attempt: FailedAttempt, input: GenerateInput): FailedAttempt {
  const { n, move, variation } = input;
  const { route, model } = input.snapshot.rungs[variation.rung] ?? attempt;
  const evidence =
    attempt.evidence ?? createHash('sha256').update(`${input.generationId}/${n}`).digest('hex');
  return { ...attempt, n, move, variation, route, model, fingerprint: fingerprintOf(input), evidence };
}

function makePrompt(answer: Preparation | FailedAttempt | undefined, input: MakePromptInput): MadePrompts {
  if (answer === undefined)
    throw ApplicationFailure.nonRetryable('the script has no further prompt', 'test.script');
  const { attempt } = delivery(input);
  const { route, model } = input.text;
  if (!('ok' in answer)) throw verdict({ ...atPath(answer, input), route, model });
  const note = answer.ok ? 'ready' : answer.why;
  return {
    attempt: { ...attempt, route, model, note, cost: { sureUsd: 0.001, possibleUsd: 0 } },
    preparation: answer,
  };
}

function quotaAnswer({ quota }: Script, input: CheckQuotaInput): QuotaAnswer {
  return (typeof quota === 'function' ? quota(input) : quota?.shift()) ?? { kind: 'go' };
}

function noPreparation(remedy: 'smaller-inputs' | 'delete-files'): Preparation {
  return { remedy, ok: false, why: 'nothing to ready' };
}

export function scripted(script: Script): Scripts {
  const generated: GenerateInput[] = [];
  const fallenBack: string[] = [];
  const prompted: MakePromptInput[] = [];
  const uploaded: GenerateInput[] = [];
  const buried: DeadRecord[] = [];
  const grantsAsked: TakeGrantInput[] = [];
  const checks: CheckQuotaInput[] = [];
  const activities: GenerationActivities = {
    'gemini.checkQuota': async (input) => {
      checks.push(input);
      const base =
        input.snapshot ??
        snapshot({ deadlineAt: input.startedAt + input.request.deadlineMs, ...script.snapshot });
      const answer = quotaAnswer(script, input);
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
    'gemini.takeGrant': async (input) => {
      grantsAsked.push(input);
      const grant = script.grants?.shift() ?? 'none';
      if (grant === 'away') throw ApplicationFailure.nonRetryable('the governor is away', 'test.away');
      return grant === 'none' ? {} : { grant };
    },
    'gemini.quietHours': async () => {
      const outlook = script.quiet?.shift() ?? { source: 'none', why: 'nothing is learned yet' };
      if (outlook === 'away') throw ApplicationFailure.nonRetryable('the governor is away', 'test.away');
      return outlook;
    },
    'gemini.makePrompt': async (input) => {
      prompted.push(input);
      return makePrompt(script.prompts?.shift(), input);
    },
    'gemini.upload': async (input) => {
      uploaded.push(input);
      const answer = script.uploads?.shift() ?? [];
      if ('classification' in answer) throw verdict(atPath(answer, input));
      return answer;
    },
    'gemini.shrinkInputs': async () => script.shrunk?.shift() ?? noPreparation('smaller-inputs'),
    'gemini.deleteFiles': async () => script.deleted?.shift() ?? noPreparation('delete-files'),
    'gemini.bury': async (record) => void buried.push(record),
  };
  return {
    activities,
    generated,
    fallenBack,
    prompted,
    uploaded,
    buried,
    grantsAsked,
    checks,
    get checked() {
      return checks.length;
    },
  };
}
