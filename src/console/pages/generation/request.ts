/** What was asked for. The prompt is shown unless its caller hides it. */
import { durationWords } from '../../../words/duration.ts';
import type { GenerationRequest } from '../../../domain/request.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { facts, section } from '../../section.ts';
import { counted, usd } from '../../words.ts';
import type { GenerationData } from './load.ts';

/** A prompt may be 256 KiB; its beginning tells it apart. */
const LONGEST_PROMPT = 4_000;

export function requestSection({ request, prompt }: GenerationData, _viewer: Viewer): Html {
  const title = 'The request';
  if (request.kind === 'missing')
    return section('request', html`<p class="empty">Not known: ${foreign(request.why)}.</p>`, { title });
  const { value } = request;
  if (value === undefined)
    return section('request', html`<p class="empty">It is not kept any more.</p>`, { title });
  return section('request', html`${promptOf(value, prompt)}${factsOf(value)}`, { title });
}

function promptOf({ hidePrompt }: GenerationRequest, prompt: GenerationData['prompt']): Html {
  if (hidePrompt) return html`<p class="empty">The prompt is hidden, as the request says.</p>`;
  if (prompt.kind === 'missing')
    return html`<p class="empty">The prompt cannot be read: ${foreign(prompt.why)}.</p>`;
  const text = prompt.value ?? '';
  const rest = text.length - LONGEST_PROMPT;
  const more = rest > 0 && html` <em>and ${counted(rest, 'more character')}</em>`;
  return html`<p class="card"><span class="text">${foreign(text.slice(0, LONGEST_PROMPT))}</span>${more}</p>`;
}

function factsOf(request: GenerationRequest): Html {
  const { model, quality, size, aspectRatio, modalities, inputs, urgency, when, tenant, tags } = request;
  const { maxPaidCalls, maxAttempts, maxCostUsd, deadlineMs, callTimeoutMs, routeOut, conversation } =
    request;
  return facts([
    ['model', model ?? quality ?? 'the worker’s first'],
    ['size', [size, aspectRatio].filter((word) => word !== undefined).join(', ') || 'the model’s own'],
    ['answer', modalities.join(' and ')],
    ['inputs', inputs.length === 0 ? 'none' : counted(inputs.length, 'image')],
    ['urgency', when === undefined ? urgency : `${urgency}, in quiet hours`],
    [
      'limits',
      `${maxPaidCalls} paid calls, ${maxAttempts} attempts${maxCostUsd === undefined ? '' : `, ${usd(maxCostUsd)}`}`,
    ],
    ['time', `${durationWords(deadlineMs)} in all, ${durationWords(callTimeoutMs)} a call`],
    ['leaving to other routes', routeOut === 'ask' ? 'a person is asked' : 'never'],
    ['session', conversation === undefined ? undefined : foreign(conversation.session)],
    ['tenant', tenant === undefined ? undefined : foreign(tenant)],
    ['tags', tags.length === 0 ? undefined : foreign(tags.join(', '))],
  ]);
}
