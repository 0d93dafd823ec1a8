/**
 * `geminiGovernor`: the durable entity of one project's quota. A thin shell: the reducers of `src/governor`
 * decide, this keeps their state and lends them Temporal's clock. Handlers are synchronous, so that an
 * exchange is one workflow task; the state is there before a handler is, and goes on by continue-as-new.
 */
import {
  continueAsNew,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExchangeAnswer, ExchangeRequest, GovernorView } from '../src/contract/exchange.ts';
import type { GovernorInput } from '../src/contract/governor.ts';
import { ENTITY_QUERIES, ENTITY_UPDATES } from '../src/contract/names.ts';
import type { GovernorCommand } from '../src/contract/standing.ts';
import { detailsOf } from '../src/governor/details.ts';
import { exchange } from '../src/governor/exchange.ts';
import { afterLoss, UNKNOWN_EPOCH } from '../src/governor/reports.ts';
import { standingNotices } from '../src/governor/news.ts';
import { command } from '../src/governor/standing/index.ts';
import type { GovernorState } from '../src/governor/state.ts';
import { newGovernor } from '../src/governor/state.ts';
import { toldTerms } from '../src/governor/subscriptions.ts';
import { governorView } from '../src/governor/view.ts';
import { Announcer } from './announce.ts';
import { refused, untilFull } from './entity.ts';
import { tellEvents } from './governor-events.ts';

const exchangeUpdate = defineUpdate<ExchangeAnswer, [ExchangeRequest]>(ENTITY_UPDATES.exchange);
const commandUpdate = defineUpdate<GovernorView, [GovernorCommand]>(ENTITY_UPDATES.command);
const viewQuery = defineQuery<GovernorView>(ENTITY_QUERIES.governor);
const stateQuery = defineQuery<GovernorState>(ENTITY_QUERIES.state);

export async function geminiGovernor(input: GovernorInput): Promise<void> {
  let state = stateOf(input);
  let updates = 0;
  const news = new Announcer();
  const goOn = (after: GovernorState): void => {
    tellEvents(state, after);
    const { id: account, notify, standing } = after;
    const now = Math.max(Date.now(), after.at);
    news.announce(standingNotices({ account }, state.standing, standing, notify, now));
    state = after;
    setCurrentDetails(detailsOf(state));
  };
  setCurrentDetails(detailsOf(state));
  setHandler(
    exchangeUpdate,
    (request) => {
      updates += 1;
      const exchanged = exchange(state, request, Date.now());
      goOn(heardOf(exchanged.state, request));
      return exchanged.answer;
    },
    { validator: checkShape, description: "A process's demand and outcomes; answered with its lease." },
  );
  setHandler(
    commandUpdate,
    (told) => {
      updates += 1;
      const done = command(state.standing, told, Date.now());
      if ('refused' in done) throw refused(done.refused);
      goOn({ ...state, standing: done.state });
      return governorView(state, Date.now());
    },
    {
      validator: (told: GovernorCommand) => {
        const done = command(state.standing, told, Date.now());
        if ('refused' in done) throw refused(done.refused);
      },
      description: 'pause, resume, grant, revoke, end-degraded; with by and why.',
    },
  );
  setHandler(viewQuery, () => governorView(state, Date.now()), {
    description: 'Limits, leases, holds, breakers, degraded routes, grants, alerts and events.',
  });
  setHandler(stateQuery, () => state, { description: 'All it knows, for a successor.' });
  await untilFull(() => updates);
  await news.settled();
  await continueAsNew<typeof geminiGovernor>({ id: input.id, state });
}

function stateOf({ id, state, lost }: GovernorInput): GovernorState {
  const now = Date.now();
  if (state !== undefined) return state as GovernorState;
  const fresh = newGovernor(id, workflowInfo().firstExecutionRunId, now);
  return lost === true ? afterLoss(fresh, UNKNOWN_EPOCH, now) : fresh;
}

/** Whose webhooks are told what happens: the last word of each queue's processes. */
function heardOf(
  { notify: before, ...state }: GovernorState,
  { notify: terms }: ExchangeRequest,
): GovernorState {
  const notify = toldTerms(before, terms);
  return notify === undefined ? state : { ...state, notify };
}

/** Whoever sends something else than a broker does is refused before it is history. */
function checkShape(request: Partial<ExchangeRequest> | undefined): void {
  const { requestId, process, lanes, routes, resets, probes, uses } = request ?? {};
  const isWhole =
    typeof requestId === 'string' &&
    typeof process === 'string' &&
    [lanes, routes, resets, probes, uses].every((list) => Array.isArray(list));
  if (!isWhole)
    throw refused('not an ExchangeRequest: requestId, process, lanes, routes, resets, probes, uses');
}
