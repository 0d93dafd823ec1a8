/**
 * The simplify job: the first clause is the core, the rest are requirements in their order. A fault
 * command stays with the clause in which it stands, so a part of a prompt can be what breaks it.
 */
const MAX_REQUIREMENTS = 6;
const COMMAND = /\[\[\s*fault\s*:[^\]]*\]\]/g;
/** A mask of letters that no prompt has. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const MASK = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g');
/** Commas and semicolons, line ends, " with ", and the end of a sentence; a command counts as a word. */
const BREAK = /\s*[,;\n]+\s*(?:with\s+)?|[.!?]+(?:\s+|$)|\s+with\s+/i;

export interface Simplified {
  readonly core: string;
  readonly requirements: readonly string[];
}

export function simplify(prompt: string): Simplified {
  const commands = prompt.match(COMMAND) ?? [];
  let at = 0;
  // Commands hold commas of their own.
  const masked = prompt.replace(COMMAND, () => `${OPEN}${at++}${CLOSE}`);
  const clauses: string[] = [];
  let waiting = '';
  for (const part of masked.split(BREAK)) {
    const clause = part.replace(/\s+/g, ' ').trim();
    if (clause === '') continue;
    const last = clauses.length - 1;
    if (!bare(clause)) {
      clauses.push(`${waiting} ${clause}`.trim());
      waiting = '';
    } else if (last >= 0) clauses[last] += ` ${clause}`;
    else waiting = `${waiting} ${clause}`;
  }
  if (waiting !== '') clauses.push(waiting.trim());
  const [core = '', ...rest] = clauses.map((clause) =>
    clause.replace(MASK, (_, index: string) => commands[Number(index)] ?? ''),
  );
  const merged = rest.slice(MAX_REQUIREMENTS - 1).join(', ');
  return {
    core,
    requirements: [...rest.slice(0, MAX_REQUIREMENTS - 1), ...(merged === '' ? [] : [merged])],
  };
}

/** Nothing but commands: it belongs to the clause before it, or else to the one after. */
function bare(clause: string): boolean {
  return clause.replace(MASK, '').trim() === '';
}
