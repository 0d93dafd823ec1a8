/**
 * `diagnose`: what a Gemini failure means. Loads no Temporal code and calls nobody.
 *
 * With `--jsonl` one verdict a line; exit code 1 when some line could not be read. Without it one
 * payload or text is explained; that always ends with 0, for `unknown` is an answer too.
 */
import { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { CorpusLineError, diagnose, diagnoseLines, explain, isBadLine, verdictOf } from '../../diagnose.ts';
import type { Finish } from '../command-file.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { print, printJson, printLine } from '../output.ts';
import { readStandardInput, readTextFile } from '../read-text.ts';
import { UsageError } from '../usage-error.ts';

interface DiagnoseOptions {
  readonly jsonl?: boolean;
  readonly json?: boolean;
}

const HELP = `
A FILE is read if there is one of that name; any other text is taken as pasted. Standard input
is read for - and when nothing is given.

Examples:
  $ gemini-images diagnose '503 UNAVAILABLE. The model is overloaded.'
  $ pbpaste | gemini-images diagnose --json
  $ gemini-images diagnose --jsonl < test/corpus/cases.jsonl | grep '"branch":"unknown"'

A line for --jsonl holds id, kind (http_error, response, network, thrown_text), body, and where known
status, headers and model. Each gives one line: id, branch, reason, rule, certainty, owner, userAction,
retryAfterMs, billed; or id and error.

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function command(finish: Finish): Command {
  return new Command('diagnose')
    .description('Explain a Gemini failure: which branch it is, who must act, what would help.')
    .argument('[file or text...]', 'file, pasted payload or error text; - for standard input')
    .option('--jsonl', 'read one recorded answer a line, print one verdict a line')
    .option('--json', 'print the verdict as one JSON object')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], options: DiagnoseOptions) =>
      finish(await run(words.join(' '), options)),
    );
}

async function run(given: string, { jsonl, json }: DiagnoseOptions): Promise<ExitCode> {
  if (jsonl === true) return await runLines(given);
  const input = await inputText(given);
  if (input.trim() === '') throw new UsageError('nothing to diagnose: paste a payload or an error text');
  try {
    if (json === true) printJson(diagnose(input));
    else print(explain(verdictOf(input)));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CorpusLineError) throw new UsageError(error.message);
    throw error;
  }
}

async function runLines(given: string): Promise<ExitCode> {
  const fromFile = given !== '' && given !== '-';
  if (fromFile && !(await isFile(given))) throw new UsageError(`--jsonl: there is no file ${given}`);
  const input = fromFile ? createReadStream(given) : process.stdin;
  let bad = 0;
  for await (const result of diagnoseLines(createInterface({ input, crlfDelay: Infinity }))) {
    if (isBadLine(result)) bad += 1;
    await printLine(JSON.stringify(result));
  }
  return bad === 0 ? EXIT.ok : EXIT.failed;
}

async function inputText(given: string): Promise<string> {
  if (given === '' || given === '-') return await readStandardInput('a payload or an error text');
  if (await isFile(given)) return await readTextFile(given, 'diagnose');
  if (looksLikePath(given))
    throw new UsageError(`there is no file ${given}; quote text that is no file name`);
  return given;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

/** A misspelt file name must not be explained as an error text. */
function looksLikePath(text: string): boolean {
  return /^\S+\.(?:json|jsonl|txt|log|html?)$/i.test(text) || /^\.{0,2}\/\S*$/.test(text);
}
