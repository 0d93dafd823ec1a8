/**
 * Who answered: Google, or something between us and Google. A relay that passes Google's error on
 * is Google's word in a gateway's envelope; the marks of both are kept.
 */
import { isSigned } from './rpc-status.ts';
import type { Layer, Unwrapped } from './unwrap.ts';

export interface Answerer {
  /** Google wrote the innermost error: nothing was generated, nothing is billed. */
  readonly google: boolean;
  /** A relay, router, CDN or proxy left its marks. */
  readonly gateway: boolean;
  readonly cloudflare: boolean;
  /** Google's own web page (its front end), which is not the API's answer. */
  readonly googlePage: boolean;
}

const RELAY_TYPES =
  /^(upstream_error|shell_api_error|channel_error|new_api_error|one_api_error|one_hub_error|api_validation_error|aihubmix\w*|rix_api_error|veloera_error|chat_?nio\w*|bad_response\w*|openai_error)$/;
const RELAY_WORDS =
  /\(?\brequest[ _-]?id\s*[:：]\s*\w{12,}|\blitellm\.|provider_name|openrouter|new[_-]api|one[_-]api|[\u4e00-\u9fff]{3,}/i;
/** What only Google's servers write; an SDK's name or a URL in a text proves nothing. */
const GOOGLE_WORDS = /\bgoogleapis\.com\/\w+_\w+|type\.googleapis\.com|google\.rpc\b/i;
const GATEWAY_SERVERS =
  /cloudflare|nginx|openresty|envoy|caddy|awselb|vercel|netlify|apache|istio|kong|traefik/i;

export function answererOf(
  { layers, texts, html }: Unwrapped,
  headers: Readonly<Record<string, string>>,
): Answerer {
  const text = texts.join('\n');
  const cloudflare =
    headers['cf-ray'] !== undefined ||
    /cloudflare|cf-wrapper|cf-error|cf-ray|cf_styles/i.test(text) ||
    /^\s*error code: (1\d{3}|5[23]\d)\s*$/im.test(text);
  const googlePage =
    html && /images\/errors\/robot\.png|That.?.?s an error|www\.google\.com\/images\/branding/i.test(text);
  const googleHeaders =
    headers['x-gemini-service-tier'] !== undefined ||
    /gfet4t7/.test(headers['server-timing'] ?? '') ||
    /scaffolding on HTTPServer2/i.test(headers['server'] ?? '');
  const relayed =
    layers.some(({ type }) => type !== undefined && RELAY_TYPES.test(type)) || RELAY_WORDS.test(text);
  const bare = layers.length === 1 && layers[0]?.depth === 0 && isBareRefusal(layers[0]);
  const signed = layers.some(({ google }) => google) || (googleHeaders && !html);
  return {
    google:
      signed ||
      (!html && isSigned(text)) ||
      (!html && !relayed && (GOOGLE_WORDS.test(text) || layers.some(isInteractions))),
    gateway:
      relayed ||
      bare ||
      cloudflare ||
      (html && !googlePage) ||
      (!signed && GATEWAY_SERVERS.test(headers['server'] ?? '')),
    cloudflare,
    googlePage,
  };
}

/** A load balancer's `{"message":"Forbidden"}`: Google always writes an `error` envelope. */
function isBareRefusal({ message, code, status, type, codeWord }: Layer): boolean {
  const alone = [code, status, type, codeWord].every((word) => word === undefined);
  return (
    alone &&
    /^(?:forbidden|unauthorized|missing authentication token|internal server error|service unavailable|too many requests|limit exceeded|endpoint request timed out|user is not authorized.*)\.?$/i.test(
      message ?? '',
    )
  );
}

/** The Interactions API writes its codes in words, and no `type`, `param` or `status`. */
function isInteractions({ codeWord, type, status, message }: Layer): boolean {
  return (
    type === undefined &&
    status === undefined &&
    message !== undefined &&
    codeWord !== undefined &&
    /^(invalid_request|parameter_unknown|failed_precondition|out_of_range|authentication|payment_required|permission_denied|not_found|model_not_found|rate_limit_exceeded|quota_exceeded|cancelled|api_error)$/.test(
      codeWord,
    )
  );
}
