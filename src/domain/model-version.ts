/** Whether an answer came from the model that was asked: retired ids may be answered by another one. */

/** `models/x`, `publishers/google/models/x` */
const PLACE = /^.*\//;
/** `-001`, `@20261006`, `-preview-10-2026`: the same model, more precisely. */
const VERSION = /^(?:[-@](?:preview|exp|latest|stable|\d{2,}))*$/;
/** An alias is there to be answered by another one. */
const ALIAS = /-latest$/;

/**
 * @param asked Model id of the call.
 * @param version `modelVersion` of its answer.
 */
export function isReroute(asked: string, version: string): boolean {
  const [wanted, told] = [asked.replace(PLACE, ''), version.replace(PLACE, '')];
  if (ALIAS.test(wanted)) return false;
  return !told.startsWith(wanted) || !VERSION.test(told.slice(wanted.length));
}
