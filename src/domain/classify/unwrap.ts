/**
 * Takes an error apart, however it was wrapped: JSON in JSON, arrays, SSE frames, Python and
 * JavaScript reprs, text that was cut off, envelopes of relays and routers. Every shell becomes a
 * `Layer`, outermost first, so that the gateway's status and the provider's stay apart.
 */
import type { Json } from './json.ts';
import { arrayOf, integerOf, isRecord, parseJson, parseLoose, stringOf } from './json.ts';
import { isRpcStatus } from './rpc-status.ts';

export interface Layer {
  readonly depth: number;
  /** A numeric code, as Google writes it. */
  readonly code?: number;
  /** A code in words, as relays and the Interactions API write it. */
  readonly codeWord?: string;
  readonly status?: string;
  readonly type?: string;
  readonly message?: string;
  readonly details: readonly Json[];
  /** Written as google.rpc writes: a numeric code, a status in capitals or typed details. */
  readonly google: boolean;
}

export interface Unwrapped {
  readonly layers: readonly Layer[];
  /** All that was said, in every layer, each once, innermost first. */
  readonly texts: readonly string[];
  /** The objects walked, for fields that only some relays have. */
  readonly objects: readonly Json[];
  readonly html: boolean;
}

/** Shells deeper than this are noise: the deepest seen in the wild has four. */
const DEEPEST = 40;
const MOST_NODES = 600;
/** Beyond this a text is a payload, not an error; its head and tail are read. */
const LONGEST_TEXT = 96 * 1024;
const MOST_LITERALS = 8;

/** Where relays, routers and SDKs keep the error that they wrapped. Other keys are not looked at. */
const SHELLS = [
  'error',
  'errors',
  'message',
  'msg',
  'metadata',
  'raw',
  'response',
  'data',
  'body',
  'cause',
  'detail',
  'details',
  'description',
  'upstream',
  'upstreamResponse',
  'upstream_response',
  'upstreamError',
  'upstream_error',
  'innererror',
  'inner_error',
  'originalError',
  'original_error',
  'provider_error',
  'providerError',
  'lastError',
  'last_error',
  'exception',
  'error_message',
  'errorMessage',
  'error_description',
  'fault',
  'result',
  'reason',
  'title',
  'debug',
  'responseBody',
  'failure',
] as const;

class Walk {
  readonly layers: Layer[] = [];
  readonly texts: { depth: number; text: string }[] = [];
  readonly objects: Json[] = [];
  html = false;
  private nodes = 0;

  visit(value: unknown, depth: number): void {
    this.nodes += 1;
    if (depth > DEEPEST || this.nodes > MOST_NODES) return;
    if (typeof value === 'string') this.text(value, depth);
    else if (Array.isArray(value)) for (const item of value.slice(0, 50)) this.visit(item, depth + 1);
    else if (isRecord(value)) this.object(value, depth);
  }

  private object(object: Json, depth: number): void {
    this.objects.push(object);
    const layer = layerOf(object, depth);
    if (layer !== undefined) this.layers.push(layer);
    for (const key of SHELLS) {
      if (!Object.hasOwn(object, key)) continue;
      // Typed details belong to their layer; of them only the sentences are text.
      if (key === 'details' && layer !== undefined && layer.details.length > 0) {
        for (const detail of layer.details) this.detail(detail, depth + 1);
      } else {
        this.visit(object[key], depth + 1);
      }
    }
  }

  private detail(detail: Json, depth: number): void {
    for (const key of ['message', 'detail', 'description']) {
      const said = stringOf(detail[key]);
      if (said !== undefined) this.say(said, depth);
    }
    for (const item of [...arrayOf(detail['fieldViolations']), ...arrayOf(detail['violations'])]) {
      if (isRecord(item) && typeof item['description'] === 'string') this.say(item['description'], depth);
    }
  }

  private say(text: string, depth: number): void {
    const trimmed = text.trim();
    // Brackets and commas left over around a literal say nothing.
    if (/[\p{L}\d]/u.test(trimmed)) this.texts.push({ depth, text: trimmed });
  }

  private text(whole: string, depth: number): void {
    const text = shortened(whole);
    if (/<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<\?xml/i.test(text)) {
      this.html = true;
      this.say(text, depth);
      return;
    }
    const exact = /^\s*[[{"]/.test(text) ? parseJson(text) : undefined;
    if (isRecord(exact) || Array.isArray(exact) || (typeof exact === 'string' && exact !== text)) {
      this.visit(exact, depth + 1);
      return;
    }
    this.literals(unescaped(text), depth);
  }

  /** Text with literals in it: what stands around them is text, what they hold is walked. */
  private literals(text: string, depth: number): void {
    const start = /\{\s*(?:["'}]|[A-Za-z_@]+["']?\s*:)|\[\s*[{["']/g;
    let read = 0;
    for (let found = start.exec(text), n = 0; found !== null && n < MOST_LITERALS; n += 1) {
      const literal = parseLoose(text, found.index);
      const carries = carriesError(literal.value);
      if (carries) {
        this.say(text.slice(read, found.index), depth);
        this.visit(literal.value, depth + 1);
        read = literal.end;
      }
      start.lastIndex = carries ? literal.end : found.index + 1;
      found = start.exec(text);
    }
    this.say(text.slice(read), depth);
  }
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT / 2)}\n${text.slice(-LONGEST_TEXT / 2)}`;
}

/** A log that printed the inside of a JSON string shows `{\"error\"…`: such levels come off. */
function unescaped(text: string): string {
  let plain = text;
  for (let level = 0; level < 4; level += 1) {
    if (!/[{,[]\s*\\+["nr]/.test(plain) || /[{,[]\s*"/.test(plain)) break;
    plain = plain.replace(/\\(["\\/nrt])/g, (_, char: string) => (/[nrt]/.test(char) ? ' ' : char));
  }
  return plain;
}

function carriesError(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return Array.isArray(first)
    ? carriesError(first)
    : isRecord(first) &&
        ['error', 'message', 'msg', 'code', 'status', 'details', '@type'].some((key) =>
          Object.hasOwn(first, key),
        );
}

function layerOf(object: Json, depth: number): Layer | undefined {
  const code = integerOf(
    object['code'] ?? object['status_code'] ?? object['statusCode'] ?? object['upstreamStatus'],
  );
  const numericStatus = integerOf(object['status']);
  const status = numericStatus === undefined ? stringOf(object['status']) : undefined;
  const words = [
    object['message'],
    object['msg'],
    object['error'],
    object['detail'],
    object['raw'],
    object['title'],
  ];
  const message = words.map(stringOf).find((text) => text !== undefined && !looksLikeLiteral(text));
  const codeWord = integerOf(object['code']) === undefined ? stringOf(object['code']) : undefined;
  const type = stringOf(object['type']);
  const details = arrayOf(object['details']).filter(isRecord);
  const typed = details.some((detail) => Object.keys(detail).some((key) => key.trim() === '@type'));
  const anyCode = code ?? numericStatus;
  if (anyCode === undefined && status === undefined && message === undefined && codeWord === undefined) {
    return undefined;
  }
  return {
    depth,
    ...(anyCode === undefined ? {} : { code: anyCode }),
    ...(codeWord === undefined ? {} : { codeWord }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(message === undefined ? {} : { message }),
    details,
    google:
      typed || (status !== undefined && isRpcStatus(status) && (code !== undefined || message !== undefined)),
  };
}

function looksLikeLiteral(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

export function unwrap(value: unknown): Unwrapped {
  const walk = new Walk();
  walk.visit(value, 0);
  const innermostFirst = [...walk.texts].sort((a, b) => b.depth - a.depth).map(({ text }) => text);
  return {
    layers: walk.layers,
    texts: [...new Set(innermostFirst)],
    objects: walk.objects,
    html: walk.html,
  };
}
