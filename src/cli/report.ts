/**
 * What went wrong, for a person on standard error and, with `--json`, as the one object on standard
 * output; resolves to the exit code. Errors are known by name, because their classes live in code that
 * a command like `diagnose` must not load.
 */
import { CommanderError } from 'commander';
import type { DecisionRefused } from '../client/errors.ts';
import type { InvalidRequest } from '../schema/request.ts';
import { setting } from './environment.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { paint, printJson, say } from './output.ts';
import { optionOf } from './request-problems.ts';

const CODE: Readonly<Record<string, ExitCode>> = {
  UsageError: EXIT.usage,
  InvalidRequest: EXIT.usage,
  EmulatorOptionsError: EXIT.usage,
  IdempotencyConflict: EXIT.usage,
  UnknownGeneration: EXIT.usage,
  UnknownGovernor: EXIT.usage,
  UnknownSession: EXIT.usage,
  DecisionRefused: EXIT.failed,
  RouteCommandRefused: EXIT.failed,
  SessionRefused: EXIT.failed,
  NotRevivable: EXIT.failed,
  NoWorkerAnswered: EXIT.unreachable,
  NoGovernorAnswered: EXIT.unreachable,
  NoSessionAnswered: EXIT.unreachable,
  ServerUnreachable: EXIT.unreachable,
  ServerNotReady: EXIT.unreachable,
  ServerBinaryMissing: EXIT.unreachable,
  DevServerFailed: EXIT.unreachable,
  NamespaceNotFoundError: EXIT.unreachable,
  ServiceError: EXIT.unreachable,
  StoreUnavailable: EXIT.unreachable,
  ArtifactMissing: EXIT.unreachable,
  ArtifactCorrupt: EXIT.unreachable,
  CommandFailed: EXIT.failed,
};

/** Something failed that is neither the user's mistake nor a server's absence; the message is complete. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed' as const;
}

export interface Started {
  readonly id: string;
  /** Command line that looks at it again. */
  readonly lookAgain: string;
}

const startedBefore = new WeakMap<Error, Started>();

/** Says of an error that a generation had been started by then, so that its report names it. */
export function afterStarting(started: Started, thrown: unknown): Error {
  const error = asError(thrown);
  startedBefore.set(error, started);
  return error;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export function report(thrown: unknown, { json }: { readonly json: boolean }): ExitCode {
  const error = asError(thrown);
  const started = startedBefore.get(error);
  // Commander has said on standard error what is wrong.
  const usage = error instanceof CommanderError;
  const code = usage ? EXIT.usage : (CODE[error.name] ?? EXIT.failed);
  const lines = usage ? [error.message.replace(/^error: /, '')] : linesOf(error, code);
  if (json) {
    const details = isInvalidRequest(error) ? { problems: error.problems } : refusalOf(error);
    const name = usage ? 'UsageError' : error.name;
    printJson({
      outcome: 'error',
      exitCode: code,
      error: { name, message: lines.join('\n'), ...details },
      ...started,
    });
  }
  if (!usage) say(`${paint('red', 'error:', process.stderr)} ${lines.join('\n')}`);
  if (started !== undefined)
    say(`${started.id} was started and is not lost; look again: ${started.lookAgain}`);
  if (setting('GEMINI_IMAGES_DEBUG') !== undefined) say(stackOf(error));
  return code;
}

function linesOf(error: Error, code: ExitCode): string[] {
  if (isInvalidRequest(error)) {
    const problems = error.problems.map(({ field, message, value }) => {
      const words = message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
      const told = value === '' || value === 'nothing' || words.includes(value);
      return `  ${optionOf(field)}: ${words}${told ? '' : ` (given: ${value})`}`;
    });
    return ['the request is invalid; nothing was sent:', ...problems];
  }
  if (error.name === 'NamespaceNotFoundError') {
    return [`${error.message}: create the namespace or set TEMPORAL_NAMESPACE to one that exists`];
  }
  if (error.name === 'ServiceError') {
    const { details } = (error.cause ?? {}) as { readonly details?: string };
    return [`${error.message}${details === undefined ? '' : `: ${details}`}`];
  }
  // These messages name the client's own; here it is spelled otherwise, and a second undo would undo a second turn.
  if (error.name === 'NoWorkerAnswered') return [error.message.replace('later: true', '--later')];
  if (error.name === 'NoSessionAnswered')
    return [
      error.message.replace(
        'and send it again with the same turnId',
        'then see by `session show` whether it was taken; an edit with the same --turn is the same turn',
      ),
    ];
  if (CODE[error.name] !== undefined) return error.message.split('\n');
  const debug = setting('GEMINI_IMAGES_DEBUG') === undefined ? '; GEMINI_IMAGES_DEBUG=1 shows where' : '';
  return [`${error.message}${code === EXIT.failed ? ` (unexpected ${error.name}${debug})` : ''}`];
}

function isInvalidRequest(error: Error): error is InvalidRequest {
  return error.name === 'InvalidRequest' && 'problems' in error;
}

/** Of a decision that was not taken: what a program needs to decide anew. */
function refusalOf(error: Error): object {
  if (error.name !== 'DecisionRefused') return {};
  const { outcome, answer, evidence } = error as DecisionRefused;
  return { refusal: { outcome, answer, evidence: evidence ?? null } };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
