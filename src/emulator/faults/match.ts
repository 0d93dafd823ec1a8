/** Which calls a fault can strike: what is known of a call, what a rule asks for, what an action can reach. */
import type { FaultAction } from './action.ts';
import { presetOf } from './presets.ts';
import type { CommandCall, CommandItem } from './prompt-commands.ts';
import type { FaultRule } from './rule.ts';

export interface FaultableCall extends Partial<CommandCall> {
  readonly method: string;
  readonly generation?: { readonly id: string; readonly n: number } | undefined;
  /** Known once the body was read. */
  readonly prompt?: string | undefined;
  readonly promptSha256?: string | undefined;
  /** How often this prompt was sent, this call included. */
  readonly promptAttempt?: number | undefined;
  readonly commands?: readonly CommandItem[] | undefined;
  /** The id of the file that the call names first. */
  readonly file?: string | undefined;
  /** The call brings the last bytes of an upload. */
  readonly endsUpload?: boolean | undefined;
}

/** Whether a rule means this call. */
export function matches({ match }: FaultRule, call: FaultableCall): boolean {
  if (!methodMatches(match.method, call.method)) return false;
  if (match.model !== undefined && match.model !== call.model) return false;
  if (match.endpoint !== undefined && match.endpoint !== call.endpoint) return false;
  if (match.key !== undefined && match.key !== call.keyTail) return false;
  if (match.prompt !== undefined && !call.prompt?.includes(match.prompt)) return false;
  if (match.generation === undefined) return true;
  const { generation } = call;
  return (
    generation !== undefined &&
    (match.generation === generation.id || match.generation === `${generation.id}/${generation.n}`)
  );
}

/** Whether a fault can do to this call what it does: words are a text model's, pictures are not. */
export function reaches({ preset: name }: FaultAction, call: FaultableCall): boolean {
  if (name === undefined) return true;
  const preset = presetOf(name);
  switch (preset.kind) {
    case 'error':
      return true;
    case 'shape':
      return !(preset.picture && call.output === 'text');
    case 'text':
      return call.output === 'text';
    case 'file':
      return call.endsUpload ?? false;
    case 'batch':
      return call.method === 'batches.create';
  }
}

const GENERATING: readonly string[] = [
  ...['generateContent', 'streamGenerateContent'],
  ...['images.generate', 'images.edit', 'chat.completions'],
];
const GROUPS: readonly string[] = ['models', 'files', 'batches'];

/** Without a method a rule means the calls that generate, live ones. */
function methodMatches(wanted: string | undefined, method: string): boolean {
  if (wanted === undefined) return GENERATING.includes(method);
  return GROUPS.includes(wanted) ? method.startsWith(`${wanted}.`) : wanted === method;
}
