/**
 * The plain text call that tells whether the cause of a hold was fixed: the cheapest thing that the same
 * credential, project and address can be asked; of another provider, the list of its models. Never rejects, and never takes longer than its timeout.
 */
import type { ConfiguredRoute } from '../../activities/deps.ts';
import type { ProbeOutcome } from '../contract/exchange.ts';
import type { Probe, Scope } from '../contract/standing.ts';
import { classify } from '../domain/classify/index.ts';
import { isOtherProvider } from '../domain/other-provider.ts';
import { shortText } from '../domain/short-text.ts';
import type { CallRecord } from '../gemini/port.ts';
import type { ProbeOf } from '../quota/probe.ts';

const TIMEOUT_MS = 20_000;
const LONGEST_MESSAGE = 300;
const QUESTION = { system: '', text: 'Answer with the word ok.', maxOutputTokens: 64, json: false } as const;

export function probeOf(routes: readonly ConfiguredRoute[], textModel: { readonly model: string }): ProbeOf {
  return async ({ hold, scope }: Probe): Promise<ProbeOutcome | undefined> => {
    const route = routes.find(({ gemini }) => isWithin(gemini.account, scope));
    if (route === undefined) return undefined;
    const options = { timeoutMs: TIMEOUT_MS, attemptId: `probe/${hold}` };
    if (isOtherProvider(route.gemini.account)) {
      const listed = await route.gemini.listModels(options);
      if (listed.kind === 'ok') return { hold, scope, ok: true, why: 'the list of models was answered' };
      return { hold, scope, ...read(listed.record, hold, { asked: 'the list of models' }) };
    }
    const record = await route.gemini.generateText({ model: textModel.model, ...QUESTION }, options);
    return { hold, scope, ...read(record, hold, { asked: 'a text call', model: textModel.model }) };
  };
}

function isWithin(
  { credential, project, baseUrl }: ConfiguredRoute['gemini']['account'],
  { kind, key }: Scope,
): boolean {
  switch (kind) {
    case 'credential':
      return credential === key;
    case 'project':
      return project === key;
    case 'endpoint':
    case 'gateway':
      return baseUrl === key;
    case 'route':
      return key.startsWith(`${credential}/`);
    case 'model':
      return true;
  }
}

function read(
  { outcome }: CallRecord,
  hold: string,
  { asked, model }: { readonly asked: string; readonly model?: string },
): Pick<ProbeOutcome, 'ok' | 'why' | 'verdict'> {
  // A list that came with status 200 and is none has failed: a page, or an error inside it.
  const isAnswer = outcome.kind === 'answer' && outcome.status === 200 && model !== undefined;
  if (isAnswer) return { ok: true, why: `${asked} was answered` };
  const body = outcome.kind === 'answer' ? parsed(outcome.body) : undefined;
  const verdict = classify({
    outcome: outcome.kind === 'answer' ? { ...outcome, kind: 'answer', body } : outcome,
    ...(model === undefined ? {} : { model }),
  });
  if (verdict.branch === 'success') return { ok: true, why: `${asked} was answered` };
  const { branch, reason } = verdict;
  const message = shortText(verdict.message, LONGEST_MESSAGE);
  return {
    ok: false,
    why: `${asked} ended in ${branch}/${reason}: ${message}`,
    verdict: { branch, reason, message, generationId: `probe/${hold}` },
  };
}

function parsed(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
