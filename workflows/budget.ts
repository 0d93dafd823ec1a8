/**
 * `geminiBudget`: the durable entity of one tenant's budgets. A thin shell: the reducer of
 * `src/governor/budget` decides, this keeps its state and lends it Temporal's clock. The handler is
 * synchronous, so that an exchange is one workflow task; the state is there before a handler is, and goes on
 * by continue-as-new, with every lease and every booked call.
 */
import {
  continueAsNew,
  defineQuery,
  defineUpdate,
  log,
  metricMeter,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  BudgetAnswer,
  BudgetEvent,
  BudgetInput,
  BudgetRequest,
  BudgetView,
} from '../src/contract/budget.ts';
import { count } from '../src/contract/measure.ts';
import { ENTITY_QUERIES, ENTITY_UPDATES } from '../src/contract/names.ts';
import type { BudgetState } from '../src/governor/budget/index.ts';
import { detailsOf, exchange, newBudget, viewOf } from '../src/governor/budget/index.ts';
import { budgetNotices } from '../src/governor/budget-news.ts';
import { toldTerms } from '../src/governor/subscriptions.ts';
import { Announcer } from './announce.ts';
import { refused, untilFull } from './entity.ts';

const exchangeUpdate = defineUpdate<BudgetAnswer, [BudgetRequest]>(ENTITY_UPDATES.budget);
const viewQuery = defineQuery<BudgetView>(ENTITY_QUERIES.budget);
const stateQuery = defineQuery<BudgetState>(ENTITY_QUERIES.state);

export async function geminiBudget(input: BudgetInput): Promise<void> {
  let state = stateOf(input);
  let updates = 0;
  const news = new Announcer();
  setCurrentDetails(detailsOf(state));
  setHandler(
    exchangeUpdate,
    (request) => {
      updates += 1;
      const exchanged = exchange(state, request, Date.now());
      state = heardOf(exchanged.state, request);
      for (const event of exchanged.events) tell(input.tenant, event);
      news.announce(budgetNotices(input, exchanged.events, state.notify));
      setCurrentDetails(detailsOf(state));
      return exchanged.answer;
    },
    { validator: checkShape, description: 'What a process holds, spent and needs; answered with its lease.' },
  );
  setHandler(viewQuery, () => viewOf(state, Date.now()), {
    description: 'Caps, what was spent for sure and possibly, what processes hold, and events.',
  });
  setHandler(stateQuery, () => state, { description: 'All it knows, for a successor.' });
  await untilFull(() => updates);
  await news.settled();
  await continueAsNew<typeof geminiBudget>({ tenant: input.tenant, state });
}

function stateOf({ tenant, state, lost }: BudgetInput): BudgetState {
  if (state !== undefined) return state as BudgetState;
  return newBudget(tenant, workflowInfo().firstExecutionRunId, Date.now(), lost === true);
}

function tell(tenant: string, { percent, period, label, sureUsd, possibleUsd, usd }: BudgetEvent): void {
  const message = `budget: ${percent} % of the ${period} ${label} was reached`;
  log.warn(message, { tenant, percent, sureUsd, possibleUsd, usd });
  count(metricMeter, 'budgetMarks', { mark: `${percent}`, period });
}

/** Whose webhooks are told what happens: the last word of each queue's processes. */
function heardOf({ notify: before, ...state }: BudgetState, { notify: terms }: BudgetRequest): BudgetState {
  const notify = toldTerms(before, terms);
  return notify === undefined ? state : { ...state, notify };
}

/** Whoever sends something else than a wallet does is refused before it is history. */
function checkShape(request: Partial<BudgetRequest> | undefined): void {
  const { process, seq, terms, holds, settled, calls, aheadMicros, heard, inherited } = request ?? {};
  const isWhole =
    typeof process === 'string' &&
    typeof seq === 'number' &&
    typeof aheadMicros === 'number' &&
    [terms, holds, settled, calls, heard, inherited].every((list) => Array.isArray(list));
  if (!isWhole)
    throw refused(
      'not a BudgetRequest: process, seq, terms, holds, settled, calls, aheadMicros, heard, inherited',
    );
}
