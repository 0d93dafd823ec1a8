/**
 * From bytes to a generateContent request. Outcomes: the request with what the ledger wants to know, or
 * the 400 that Google's JSON parser gives. Values are not judged here, see `validate.ts`.
 */
import { invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { OutputKind } from '../models.ts';
import { COUNT_FIELDS, GENERATE_FIELDS, normalise } from './fields.ts';
import type { UnknownField } from './fields.ts';

export interface RequestPart {
  readonly text?: string;
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string };
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
}

export interface Turn {
  readonly role?: string;
  readonly parts: readonly RequestPart[];
}

export interface GenerationConfig {
  readonly candidateCount?: number;
  readonly maxOutputTokens?: number;
  readonly responseModalities?: readonly string[];
  readonly responseMimeType?: string;
  readonly mediaResolution?: string;
  readonly imageConfig?: { readonly aspectRatio?: string; readonly imageSize?: string };
  readonly thinkingConfig?: {
    readonly includeThoughts?: boolean;
    readonly thinkingBudget?: number;
    readonly thinkingLevel?: string;
  };
}

export interface GenerateRequest {
  readonly contents: readonly Turn[];
  readonly systemInstruction?: Turn;
  readonly generationConfig: GenerationConfig;
  readonly safetySettings: readonly { readonly category?: string; readonly threshold?: string }[];
  readonly serviceTier?: string;
}

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: GenerateRequest; readonly unknown: readonly UnknownField[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

export type Json =
  { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'refused'; readonly answer: Answer };

export function parseJson(body: Buffer): Json {
  if (body.length === 0) return { kind: 'json', value: {} };
  try {
    return { kind: 'json', value: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    const start = body.toString('utf8', 0, 60).replaceAll('\n', ' ');
    return {
      kind: 'refused',
      answer: invalidArgument(`Invalid JSON payload received. Unexpected token.\n${start}\n^`),
    };
  }
}

export function readGenerateRequest(body: Buffer): ReadRequest {
  const json = parseJson(body);
  if (json.kind === 'refused') return json;
  const { value, unknown } = normalise(json.value, GENERATE_FIELDS);
  return { kind: 'request', request: shape(value), unknown };
}

/** countTokens takes the contents alone or a whole generateContent request. */
export function readCountRequest(body: Buffer): ReadRequest {
  const json = parseJson(body);
  if (json.kind === 'refused') return json;
  const { value, unknown } = normalise(json.value, COUNT_FIELDS);
  const whole = (value as { generateContentRequest?: unknown } | null)?.generateContentRequest;
  return { kind: 'request', request: shape(whole ?? value), unknown };
}

/** Google's 400 for names it does not know. */
export function unknownFields(unknown: readonly UnknownField[]): Answer {
  const lines = unknown.map(({ name, at }) =>
    at === ''
      ? `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`
      : `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`,
  );
  return invalidArgument(lines.join('\n'), [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: unknown.map(({ at }, index) => ({
        ...(at === '' ? {} : { field: at }),
        description: lines[index],
      })),
    },
  ]);
}

/** The words of the last turn that a user spoke: what this call asks for. */
export function promptOf(request: GenerateRequest): string {
  return lastUserTurn(request)
    .parts.flatMap((part) => (typeof part.text === 'string' ? [part.text] : []))
    .join('\n');
}

export function lastUserTurn(request: GenerateRequest): Turn {
  return request.contents.findLast((turn) => turn.role !== 'model') ?? { parts: [] };
}

/** Upper-case modalities; where none was asked for, all that the model has. */
export function modalitiesOf(request: GenerateRequest, output: OutputKind): readonly string[] {
  const asked = request.generationConfig.responseModalities;
  if (asked && asked.length > 0) return asked.map((one) => String(one).toUpperCase());
  return output === 'text' ? ['TEXT'] : ['TEXT', 'IMAGE'];
}

function shape(value: unknown): GenerateRequest {
  const given = (isRecord(value) ? value : {}) as Partial<GenerateRequest>;
  const turns = Array.isArray(given.contents) ? (given.contents as Partial<Turn>[]) : [];
  return {
    ...given,
    contents: turns.filter(isRecord).map((turn) => ({ ...turn, parts: partsOf(turn) })),
    generationConfig: isRecord(given.generationConfig) ? given.generationConfig : {},
    safetySettings: Array.isArray(given.safetySettings) ? given.safetySettings : [],
  };
}

function partsOf(turn: Partial<Turn>): readonly RequestPart[] {
  return Array.isArray(turn.parts) ? (turn.parts as RequestPart[]).filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
