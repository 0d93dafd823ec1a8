/** Whether an image part can be what it claims to be; looks at its outer form only. */
import type { ImageCheck } from '../evidence.ts';
import type { ImagePart } from '../response-part.ts';

/** What is wrong with an image: by the decoder where it was asked, else by its outer form. */
export function problemOf(
  image: ImagePart,
  checks: readonly ImageCheck[] | undefined,
): 'malformed' | 'corrupt' | undefined {
  const check = checks?.find(({ candidate, part }) => candidate === image.candidate && part === image.part);
  if (check !== undefined) return check.ok ? undefined : base64Head(image) ? 'corrupt' : 'malformed';
  if (image.source.kind === 'uri') return undefined;
  if (image.source.data === '') return 'corrupt';
  return base64Head(image) ? undefined : 'malformed';
}

/** Only the head is looked at: an image may hold 20 MB. A placeholder of a redacted body passes. */
function base64Head({ source }: ImagePart): boolean {
  if (source.kind === 'uri') return true;
  const head = source.data.slice(0, 64);
  return /^[A-Za-z0-9+/_=\s-]*$/.test(head) || /[<[(*…]|\.\.\.|redacted|omitted|truncated|base64/i.test(head);
}
