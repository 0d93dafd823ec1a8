/** The files of a bundle, by name, covered; bytes of images are in none of them. */
import { mapStrings } from '../../artifacts/map-strings.ts';
import type { GenerationRequest } from '../../domain/request.ts';
import type { CollectedAttempt, CollectedCase } from './collect.ts';
import type { Cover } from './covering.ts';
import { coverOf, LEFT_OUT } from './covering.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { readableBody } from './readable-body.ts';
import { supportLetter } from './support-letter.ts';

/** A name with its text, or with the value that its JSON holds. */
type Entry = readonly [name: string, content: string | object];

/** @param withoutPrompt leaves the prompt out; so does a request that hides it, or that nobody knows any more */
export function entriesOf(
  found: CollectedCase,
  { withoutPrompt }: { readonly withoutPrompt: boolean },
): ReadonlyMap<string, string> {
  const { sight, attempts, request, prompt } = found;
  const hidden = withoutPrompt || (request?.hidePrompt ?? true);
  const cover = coverOf(hidden ? [prompt ?? '', request?.systemInstruction ?? ''] : []);
  const { description, ending, trail } = sight;
  const decisions =
    (ending?.kind === 'done' ? ending.result.decisions : undefined) ??
    (ending?.kind === 'failed' ? ending.error.failure.decisions : undefined) ??
    description?.decisions ??
    [];
  const files: readonly Entry[] = [
    ['README.txt', supportLetter(found, hidden)],
    ['description.json', description ?? { id: sight.id }],
    ['trail.json', trail],
    ['decisions.json', decisions],
    ...(request === undefined ? [] : [['request.json', requestFile(request, prompt, hidden)] as const]),
    ...attempts.flatMap((attempt) => attemptFiles(attempt, hidden)),
  ];
  return new Map(files.map(([name, content]) => [name, covered(content, cover)]));
}

function requestFile(request: GenerationRequest, prompt: string | undefined, hidden: boolean): object {
  if (!hidden) return { ...request, ...(prompt === undefined ? {} : { prompt }) };
  const system = request.systemInstruction === undefined ? {} : { systemInstruction: LEFT_OUT };
  return { ...request, prompt: LEFT_OUT, ...system };
}

function attemptFiles({ n, evidence, records, raw }: CollectedAttempt, hidden: boolean): readonly Entry[] {
  const at = (name: string): string => `attempts/${n}/${name}`;
  // The answer of a text model is another prompt, or speaks of one.
  const isText = evidence?.move?.kind === 'prepare';
  const isCovered = hidden && (isText || evidence === undefined);
  const body = raw === undefined || isCovered ? undefined : readableBody(raw);
  const headers = evidence?.outcome?.headers ?? headersOf(records);
  return [
    ...(evidence === undefined
      ? []
      : [[at('evidence.json'), isCovered ? withoutBody(evidence) : evidence] as const]),
    ...(Object.keys(records).length === 0 ? [] : [[at('records.json'), records] as const]),
    ...(headers === undefined ? [] : [[at('headers.json'), headers] as const]),
    ...(body === undefined ? [] : [[at(`response.${body.extension}`), body.text] as const]),
    ...(raw !== undefined && isCovered ? [[at('response.txt'), LEFT_OUT] as const] : []),
  ];
}

function headersOf({ outcome }: CollectedAttempt['records']): object | undefined {
  return (outcome as { readonly headers?: object } | undefined)?.headers;
}

function withoutBody(evidence: EvidenceFile): EvidenceFile {
  return { ...evidence, outcome: { ...evidence.outcome, body: LEFT_OUT } };
}

/** Before it is escaped as JSON and after: a key may have been escaped once when it came. */
function covered(content: string | object, cover: Cover): string {
  if (typeof content === 'string') return cover(content);
  return cover(`${JSON.stringify(mapStrings(content, cover), undefined, 2)}\n`);
}
