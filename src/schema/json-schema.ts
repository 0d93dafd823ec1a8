/**
 * JSON Schemas of everything that crosses the wire, for callers in other languages; generated into docs/,
 * never written by hand. What callers send is described before defaults.
 */
import { z } from 'zod';
import { ASK_SIGNAL, ENTITY_QUERIES, ENTITY_UPDATES, SESSION_UPDATES, UPDATES } from '../contract/names.ts';
import { argumentSchema } from './argument.ts';
import { decideSchema, SIGNAL_SCHEMAS } from './decision.ts';
import { decisionRecordSchema, refusalSchema } from './decision-record.ts';
import { failureSchema } from './failure.ts';
import { governorCommandSchema } from './governor-command.ts';
import { governorViewSchema } from './governor-view.ts';
import { notificationSchema } from './notification.ts';
import { wireRequestSchema } from './request.ts';
import { reportSchema } from './report.ts';
import { resultSchema } from './result.ts';
import { tallySchema } from './tally.ts';
import { memoStateSchema, viewSchema } from './view.ts';
import { askSchema, closeSchema, editSchema, sessionArgumentSchema, undoSchema } from './wire-session.ts';

type JsonSchema = Record<string, unknown>;

function sent(schema: z.ZodType, title: string): JsonSchema {
  return { ...z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }), title };
}

function told(schema: z.ZodType, title: string): JsonSchema {
  return { ...z.toJSONSchema(schema, { io: 'output' }), title };
}

export function requestJsonSchema(): JsonSchema {
  return sent(wireRequestSchema, 'Argument `request` of workflow geminiGeneration, before defaults');
}

/** One for each signal and for the update, by their names on the wire, and what is told of them. */
function decisionJsonSchema(): JsonSchema {
  const signals = Object.entries(SIGNAL_SCHEMAS).map(
    ([name, schema]) => [name, sent(schema, `Payload of signal ${name}`)] as const,
  );
  const all: Readonly<Record<string, JsonSchema>> = {
    ...Object.fromEntries(signals),
    [UPDATES.decide]: sent(decideSchema, `Argument of update ${UPDATES.decide}`),
    record: told(decisionRecordSchema, 'What the update answers, and views list'),
    refused: told(refusalSchema, 'First detail of the failure by which the update is refused'),
  };
  return byName(all, 'Decisions of people, by name');
}

function sessionJsonSchema(): JsonSchema {
  const all = {
    argument: sent(sessionArgumentSchema, 'The argument of workflow geminiEditSession, before defaults'),
    [SESSION_UPDATES.edit]: sent(editSchema, `Argument of update ${SESSION_UPDATES.edit}`),
    [SESSION_UPDATES.undo]: sent(undoSchema, `Argument of update ${SESSION_UPDATES.undo}, or none`),
    [SESSION_UPDATES.close]: sent(closeSchema, `Argument of update ${SESSION_UPDATES.close}, or none`),
    [ASK_SIGNAL]: sent(askSchema, `Payload of signal ${ASK_SIGNAL}, from a workflow`),
  };
  return byName(all, 'What an edit session is sent, by name');
}

function byName(all: Readonly<Record<string, JsonSchema>>, title: string): JsonSchema {
  const $defs = Object.fromEntries(
    Object.entries(all).map(([name, { $schema: _once, ...schema }]) => [name, schema]),
  );
  return { $schema: Object.values(all)[0]?.['$schema'], title, $defs };
}

const BUILDERS = {
  argument: () => sent(argumentSchema, 'The argument of workflow geminiGeneration, before defaults'),
  request: requestJsonSchema,
  result: () => told(resultSchema, 'What workflow geminiGeneration returns'),
  failure: () => told(failureSchema, 'First detail of failure gemini.<branch>'),
  view: () => told(viewSchema, 'The answer of query gemini.describe'),
  memo: () => told(memoStateSchema, 'Memo geminiState'),
  tally: () => told(tallySchema, 'Memo geminiEnded'),
  report: () => told(reportSchema, 'What gemini-images report --json prints'),
  decision: decisionJsonSchema,
  session: sessionJsonSchema,
  command: () => sent(governorCommandSchema, `Argument of update ${ENTITY_UPDATES.command}`),
  notification: () => told(notificationSchema, 'The body of a webhook'),
  governor: () => told(governorViewSchema, `The answer of query ${ENTITY_QUERIES.governor}`),
} as const satisfies Readonly<Record<string, () => JsonSchema>>;

export type JsonSchemaName = keyof typeof BUILDERS;

/** In docs/ each is `<name>.schema.json`. */
export const JSON_SCHEMA_NAMES = Object.keys(BUILDERS) as readonly JsonSchemaName[];

export function jsonSchema(name: JsonSchemaName): JsonSchema {
  return BUILDERS[name]();
}
