/** How an OpenAI-compatible provider speaks: JSON on one line, errors as `{ error: { message, type, param, code } }`. */
import type { Answer } from '../answer.ts';

export function openAiJson(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'openai-processing-ms': '1200' },
    body: JSON.stringify(body),
  };
}

export function openAiError(
  status: number,
  message: string,
  type = 'invalid_request_error',
  code: string | null = null,
): Answer {
  return openAiJson(status, { error: { message, type, param: null, code } });
}

export function moderationBlocked(): Answer {
  return openAiError(
    400,
    'Your request was rejected by the safety system. If you believe this is an error, contact us and include the request ID.',
    'image_generation_user_error',
    'moderation_blocked',
  );
}

export function rateLimited(model: string, retryAfterMs: number): Answer {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const answer = openAiError(
    429,
    `Rate limit reached for ${model} on requests per min. Please try again in ${seconds}s.`,
    'requests',
    'rate_limit_exceeded',
  );
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

const WORDS: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
  500: ['server_error', null],
  503: ['server_error', null],
};

/** A named fault speaks as Google does; here its message is said in this provider's form. Pages stay pages. */
export function inOpenAiForm(answer: Answer): Answer {
  const error = googleErrorIn(answer);
  if (error === undefined) return answer;
  const [type, code] = WORDS[answer.status] ?? ['invalid_request_error', null];
  return openAiError(answer.status, error.message, type, code);
}

function googleErrorIn({ body }: Answer): { readonly message: string } | undefined {
  try {
    const { error } = JSON.parse(body.toString()) as {
      error?: { readonly message?: unknown; readonly status?: unknown };
    };
    return typeof error?.message === 'string' && typeof error.status === 'string'
      ? { message: error.message }
      : undefined;
  } catch {
    return undefined;
  }
}

/** `Authorization: Bearer …` */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
}

/** The answer that refuses this key, or nothing when it may call. */
export function refuseBearer(
  key: string | undefined,
  keys: readonly string[] | undefined,
): Answer | undefined {
  if (key === undefined) return openAiError(401, "You didn't provide an API key.");
  if (keys === undefined || keys.includes(key)) return undefined;
  const shown = `${key.slice(0, 4)}****${key.slice(-4)}`;
  const message = `Incorrect API key provided: ${shown}.`;
  return openAiError(401, message, 'invalid_request_error', 'invalid_api_key');
}
