/** Refuses what an operator gave before anything is sent: the field, what was given, the cure. */
import { InvalidRequest } from '../schema/request.ts';

export function invalid(field: string, value: unknown, message: string): InvalidRequest {
  const given = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
  return new InvalidRequest([{ reason: 'argument', field, value: given, allowed: message, message }]);
}

const LONGEST_NAME = 100;
const LONGEST_WHY = 500;

/** Who and why stand in the history of every decision (I12). */
export function checkSaid({ by, why }: { readonly by: string; readonly why: string }): void {
  checkText('by', by, LONGEST_NAME);
  checkText('why', why, LONGEST_WHY);
}

function checkText(field: string, text: unknown, longest: number): void {
  if (typeof text !== 'string' || text.trim() === '') throw invalid(field, text, 'must be a text');
  if (text.length > longest) throw invalid(field, text, `must be at most ${longest} characters`);
}
