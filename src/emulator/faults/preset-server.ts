/** The provider's own bad days: overload, internal errors, deadlines, and errors inside a 200. */
import { googleError, googleJson, html } from '../answer.ts';
import { behind } from './preset.ts';
import type { ErrorPreset, PresetTable } from './preset.ts';

const INTERNAL =
  'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting';

const overloaded = 'The model is overloaded. Please try again later.';

/** A front that never answers in time leaves the call running: the image is made and charged. */
const charged = (preset: ErrorPreset): ErrorPreset => ({ ...preset, billed: true });

export const SERVER_PRESETS = {
  capacity: behind('503, the model is overloaded', 'capacity', () =>
    googleError(503, 'UNAVAILABLE', overloaded),
  ),
  'capacity-demand': behind('503, high demand', 'capacity', () =>
    googleError(
      503,
      'UNAVAILABLE',
      'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
    ),
  ),
  'capacity-shared': behind('429 of shared capacity, without a quota id', 'capacity', () =>
    googleError(
      429,
      'RESOURCE_EXHAUSTED',
      'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
    ),
  ),
  'server-cancelled': behind('499 CANCELLED that nobody asked for', 'capacity', () =>
    googleError(499, 'CANCELLED', 'The operation was cancelled.'),
  ),
  internal: behind('500 INTERNAL', 'internal', () => googleError(500, 'INTERNAL', INTERNAL)),
  deadline: behind('504 DEADLINE_EXCEEDED from Google', 'timeout', () =>
    googleError(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
  ),
  'deadline-503': behind('a deadline under status 503', 'timeout', () =>
    googleError(503, 'UNAVAILABLE', 'Deadline expired before operation could complete.'),
  ),
  'ok-with-error': behind('200 whose body is an error', 'capacity', () =>
    googleJson(200, { error: { code: 503, message: overloaded, status: 'UNAVAILABLE' } }),
  ),
  'ok-html': charged(
    behind('200 with a web page instead of JSON', 'gateway-fault', () =>
      html(200, '<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>', {
        server: 'nginx',
      }),
    ),
  ),
  'ok-broken-json': charged(
    behind('200 whose JSON ends in the middle', 'no-image', () => {
      const whole = googleJson(200, {
        candidates: [{ content: { parts: [{ text: 'Here is' }] }, finishReason: 'STOP' }],
      });
      return { ...whole, body: whole.body.toString().slice(0, 60) };
    }),
  ),
  'unheard-of': behind('a status and a code that no version knows', 'unknown', () =>
    googleError(418, 'QUANTUM_DECOHERENCE', 'The request decohered.'),
  ),
} as const satisfies PresetTable;
