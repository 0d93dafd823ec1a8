/** What was asked, in Markdown for the Temporal UI: written once at the start, readable without a worker. */
import type { Revival } from '../contract/generation.ts';
import type { GenerationRequest, InputSource, Permissions } from '../domain/request.ts';
import { ALLOW_AVAILABLE, ALLOW_EXACT } from '../domain/request.ts';

const LONGEST_PROMPT = 1_000;
const LONGEST_TITLE = 120;

/** One line for lists: the model and the beginning of the prompt. */
export function staticSummary({ model, prompt, hidePrompt }: GenerationRequest): string {
  const words =
    hidePrompt || typeof prompt !== 'string'
      ? 'prompt hidden'
      : prompt.slice(0, LONGEST_TITLE).replaceAll('\n', ' ');
  return `${model ?? 'default model'}: ${words}`;
}

export function staticDetails(request: GenerationRequest, revival?: Revival): string {
  const { model, size, aspectRatio, modalities, inputs, allow, routeOut, urgency, tenant, tags } = request;
  const { deadlineMs, callTimeoutMs, maxAttempts, maxPaidCalls, maxCostUsd } = request;
  const cost = maxCostUsd === undefined ? '' : `, at most $${maxCostUsd}`;
  const rows: readonly (readonly [string, string])[] = [
    ['model', model ?? "the worker's first"],
    ['size', `${size ?? "the model's"}, ratio ${aspectRatio ?? "the model's"}, ${modalities.join('+')}`],
    ['inputs', inputs.length === 0 ? 'none' : inputs.map(inputWords).join('; ')],
    ['allowed beforehand', allowWords(allow)],
    ['route-out', routeOut === 'ask' ? 'asks a person' : 'never'],
    ['deadline', `${hours(deadlineMs)} from the start (${urgency}), ${callTimeoutMs / 1_000} s a call`],
    ['calls', `at most ${maxAttempts}, of which ${maxPaidCalls} may be billed${cost}`],
    ...(tenant === undefined ? [] : [['tenant', tenant] as const]),
    ...(tags.length === 0 ? [] : [['tags', tags.join(', ')] as const]),
    ...(revival === undefined ? [] : [['revived', revivalWords(revival)] as const]),
  ];
  return [
    ...rows.map(([name, words]) => `- **${name}** ${oneLine(words)}`),
    '',
    ...promptLines(request),
  ].join('\n');
}

function promptLines({ prompt, hidePrompt }: GenerationRequest): readonly string[] {
  if (hidePrompt) return ['Prompt hidden.'];
  if (typeof prompt !== 'string') return [`Prompt: ${prompt.bytes} bytes in the store, ${prompt.sha256}`];
  const text = prompt.length > LONGEST_PROMPT ? `${prompt.slice(0, LONGEST_PROMPT)}…` : prompt;
  return text.split('\n').map((line) => `> ${line}`);
}

function inputWords(input: InputSource): string {
  // Queries of URLs carry tokens more often than not (I7).
  if (input.kind === 'url') return (URL.canParse(input.url) ? new URL(input.url).host : 'a URL') + ' (URL)';
  return `${input.mime}, ${input.bytes} bytes, ${input.sha256.slice(0, 12)}`;
}

function allowWords(allow: Permissions): string {
  if (isSame(allow, ALLOW_EXACT)) return 'nothing (exact)';
  if (isSame(allow, ALLOW_AVAILABLE)) return 'whatever is available';
  const given = Object.entries(allow).filter(
    ([name, value]) => !isSame(value, ALLOW_EXACT[name as keyof Permissions]),
  );
  return given.map(([name, value]) => `${name}: ${wordsOf(value)}`).join('; ');
}

function wordsOf(value: unknown): string {
  if (value === true) return 'yes';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function revivalWords({ by, why, of, changed, attempts }: Revival): string {
  const what = changed === undefined ? 'unchanged' : `${changed} changed`;
  return `by ${by}: ${why} (${what}; dead letter: run ${of}, ${attempts} attempts before)`;
}

/** What people typed must not break the list. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}

function hours(ms: number): string {
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${Number((ms / 3_600_000).toFixed(1))} h`;
}
