/** Sends a decision from the command line, and says what came of it. */
import type { DecisionRequest } from '../client/decide.ts';
import type { ServerOptions } from './common-options.ts';
import { sameServer } from './common-options.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { ImagesClient } from './images-client.ts';
import { commandLine } from './invocation.ts';
import type { OperatorOptions } from './operator-options.ts';
import { saidBy } from './operator-options.ts';
import { paint, print, printJson } from './output.ts';

export interface DecisionOptions extends OperatorOptions, Partial<ServerOptions> {
  readonly json?: boolean;
}

/** What the command adds to who, why and the evidence. */
export type Chosen = Pick<DecisionRequest, 'choice' | 'route' | 'change'>;

export async function sendDecision(id: string, chosen: Chosen, options: DecisionOptions): Promise<ExitCode> {
  // Before any server is asked.
  saidBy(options);
  const { withImages } = await import('./images-client.ts');
  return await withImages(options, (client) => sendOn(client, id, chosen, options));
}

export async function sendOn(
  { images }: ImagesClient,
  id: string,
  chosen: Chosen,
  options: DecisionOptions,
): Promise<ExitCode> {
  const { evidence, later = false, json } = options;
  const decision = { ...chosen, ...saidBy(options), ...(evidence === undefined ? {} : { evidence }) };
  const record = await images.decide(id, decision, { later });
  const lookAgain = commandLine([record === undefined ? 'show' : 'watch', id, ...sameServer(options)]);
  if (json === true) {
    printJson(
      record === undefined
        ? { outcome: 'sent', id, choice: chosen.choice, lookAgain }
        : { outcome: 'taken', id, decision: record, lookAgain },
    );
  } else if (record === undefined) {
    print(`${paint('green', 'sent')}  ${chosen.choice} to ${id} by ${decision.by}; a worker judges it`);
    print(`  what came of it  ${lookAgain}`);
  } else {
    print(`${paint('green', 'taken')}  ${chosen.choice} on ${id} by ${decision.by}`);
    print(`  ${record.answer}`);
    print(`  watch  ${lookAgain}`);
  }
  return EXIT.ok;
}
