/**
 * What stands between client and Google: proxies, CDNs and relays, which answer in HTML or in JSON of
 * their own. Those that timed out had already passed the call on, so it was charged.
 */
import { googleErrorPage, html, relayJson } from '../answer.ts';
import { front } from './preset.ts';
import type { ErrorPreset, PresetTable } from './preset.ts';

function nginx(status: number, phrase: string): string {
  return `<html>\r\n<head><title>${status} ${phrase}</title></head>\r\n<body>\r\n<center><h1>${status} ${phrase}</h1></center>\r\n<hr><center>nginx/1.27.2</center>\r\n</body>\r\n</html>\r\n`;
}

function cloudflare(code: number, title: string): string {
  return `<!DOCTYPE html>\n<html class="no-js" lang="en-US">\n<head>\n<title>relay.example | ${code}: ${title}</title>\n<meta charset="UTF-8" />\n</head>\n<body>\n<div id="cf-wrapper">\n  <div id="cf-error-details" class="p-0">\n    <header class="mx-auto pt-10"><h1>${title} <span>Error code ${code}</span></h1></header>\n    <div>Visit <a href="https://www.cloudflare.com/5xx-error-landing">cloudflare.com</a> for more information.</div>\n  </div>\n</div>\n</body>\n</html>\n`;
}

const CLOUDFLARE = { server: 'cloudflare', 'cf-ray': '9c1f2a7bde0c0a31-FRA' };

/** It came after the model's work: the call takes quota and the image is charged. */
const after = (preset: ErrorPreset): ErrorPreset => ({ ...preset, stage: 'model', billed: true });

export const GATEWAY_PRESETS = {
  'gateway-502': front('502 page of an nginx', 'gateway-fault', () =>
    html(502, nginx(502, 'Bad Gateway'), { server: 'nginx/1.27.2' }),
  ),
  'gateway-google-502': front("502 page of Google's front end", 'gateway-fault', () =>
    googleErrorPage(
      502,
      'Server Error',
      'The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.',
    ),
  ),
  'gateway-empty': front('502 without a body', 'gateway-fault', () => ({
    status: 502,
    headers: { server: 'openresty' },
    body: '',
  })),
  'gateway-504': after(
    front('504 page of an nginx that gave up', 'gateway-fault', () =>
      html(504, nginx(504, 'Gateway Time-out'), { server: 'nginx/1.27.2' }),
    ),
  ),
  'gateway-524': after(
    front("524 page of Cloudflare, the origin's answer took too long", 'gateway-fault', () =>
      html(524, cloudflare(524, 'A timeout occurred'), CLOUDFLARE),
    ),
  ),
  'gateway-520': after(
    front('520 in one line of text', 'gateway-fault', () => ({
      status: 520,
      headers: { 'content-type': 'text/plain; charset=UTF-8', ...CLOUDFLARE },
      body: 'error code: 520',
    })),
  ),
  'relay-error': after(
    front('a relay that lost the image on the way back', 'gateway-fault', () =>
      relayJson(500, {
        status_code: 500,
        error: {
          message: 'write tcp 10.0.0.1:443->203.0.113.5:52310: write: connection reset by peer',
          type: 'shell_api_error',
          code: 'write_response_body_failed',
        },
      }),
    ),
  ),
  'relay-wrapped-capacity': front("a relay that wraps Google's 503 in a 500", 'capacity', () =>
    relayJson(500, {
      error: {
        message:
          'litellm.InternalServerError: geminiException - {\n  "error": {\n    "code": 503,\n    "message": "The model is overloaded. Please try again later.",\n    "status": "UNAVAILABLE"\n  }\n}\n',
        type: null,
        param: null,
        code: '500',
      },
    }),
  ),
  'proxy-403': front('403 page of a proxy that blocks', 'gateway-denial', () =>
    html(
      403,
      `<body>\n  <div id="cf-wrapper">\n    <div id="cf-error-details" class="cf-error-details-wrapper">\n      <div class="cf-wrapper cf-header cf-error-overview">\n        <h1 data-translate="block_headline">Sorry, you have been blocked</h1>\n        <h2 class="cf-subheadline"><span data-translate="unable_to_access">You are unable to access</span> relay.example</h2>\n      </div>\n    </div>\n  </div>\n</body>\n`,
      CLOUDFLARE,
    ),
  ),
  'proxy-429': front("a proxy's own limit, with Retry-After", 'gateway-denial', (call) => ({
    status: 429,
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'retry-after': String(Math.max(1, Math.ceil((call.delayMs ?? 30_000 * call.timeScale) / 1000))),
      ...CLOUDFLARE,
    },
    body: 'error code: 1015',
  })),
  'proxy-402': front("the relay's account is out of credit", 'gateway-denial', () =>
    relayJson(402, {
      error: {
        message: 'Insufficient credits. Add more to continue (request id: 20261121042500123456789)',
        type: 'new_api_error',
        code: 'insufficient_user_quota',
      },
    }),
  ),
  'proxy-413': front('413 page of a proxy with a small body limit', 'gateway-denial', () =>
    html(413, nginx(413, 'Request Entity Too Large').replace('nginx/1.27.2', 'openresty'), {
      server: 'openresty',
    }),
  ),
} as const satisfies PresetTable;
