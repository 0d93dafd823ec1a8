/**
 * One part of an answer: an image, words, or something else. Total over any JSON value; image data is passed on by
 * reference and never copied, searched or decoded.
 */
import type { Json } from './classify/json.ts';
import { isRecord, stringOf } from './classify/json.ts';

export type ImageSource =
  /** `data` is base64, the very string of the body. Empty where the body left it out. */
  | { readonly kind: 'inline'; readonly mime: string; readonly data: string }
  | { readonly kind: 'uri'; readonly mime: string; readonly uri: string };

interface PartBase {
  /** Position in the answer: index of the candidate, index of the part within it. */
  readonly candidate: number;
  readonly part: number;
  /** As the provider flagged it; it does not decide what is final. */
  readonly thought: boolean;
  /** Verbatim (I9). */
  readonly thoughtSignature?: string;
}
export type ImagePart = PartBase & { readonly kind: 'image'; readonly source: ImageSource };
export type TextPart = PartBase & { readonly kind: 'text'; readonly text: string };
/** Empty `{}` parts, function calls, and whatever is new. */
export type OtherPart = PartBase & { readonly kind: 'other' };
export type ResponsePart = ImagePart | TextPart | OtherPart;

/** @param candidate Its index in the answer. @param part Its index within the candidate. */
export function readPart(value: unknown, candidate: number, part: number): ResponsePart {
  const json = isRecord(value) ? value : {};
  const thoughtSignature = stringOf(json['thoughtSignature'] ?? json['thought_signature']);
  const base: PartBase = {
    candidate,
    part,
    thought: json['thought'] === true,
    ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
  };
  const source = imageSource(json);
  if (source !== undefined) return { ...base, kind: 'image', source };
  const text = stringOf(value) ?? stringOf(json['text']);
  return text === undefined ? { ...base, kind: 'other' } : { ...base, kind: 'text', text };
}

function imageSource(part: Json): ImageSource | undefined {
  const inline = part['inlineData'] ?? part['inline_data'];
  if (isRecord(inline)) {
    const mime = stringOf(inline['mimeType'] ?? inline['mime_type']) ?? '';
    // A relay that drops the type still sends pictures; any other media type is not one.
    return mime === '' || /^image\//i.test(mime)
      ? { kind: 'inline', mime, data: imageData(inline['data']) }
      : undefined;
  }
  const file = part['fileData'] ?? part['file_data'];
  if (!isRecord(file)) return undefined;
  const mime = stringOf(file['mimeType'] ?? file['mime_type']) ?? '';
  const uri = stringOf(file['fileUri'] ?? file['file_uri']);
  return /^image\//i.test(mime) && uri !== undefined && uri !== '' ? { kind: 'uri', mime, uri } : undefined;
}

/** Recorded evidence keeps a length, or nothing but a mark, where the bytes were (I1). */
function imageData(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return `<${data} bytes>`;
  return isRecord(data) ? '<withheld>' : '';
}
