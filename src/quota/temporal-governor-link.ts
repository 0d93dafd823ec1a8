/** Governors over Temporal: one update for each exchange. */
import type { Client } from '@temporalio/client';
import type { ExchangeAnswer, ExchangeRequest, GovernorView } from '../contract/exchange.ts';
import type { NotifyTerms } from '../contract/notification.ts';
import { ENTITY_QUERIES, ENTITY_TYPES, ENTITY_UPDATES, governorWorkflowId } from '../contract/names.ts';
import type { HourCounts } from '../domain/quiet.ts';
import type { GovernorLink } from './governor-link.ts';
import { TemporalEntity } from './temporal-entity.ts';
import { ToldTerms } from './told-terms.ts';

export class TemporalGovernorLink implements GovernorLink {
  readonly #client: Client;
  readonly #terms: ToldTerms;
  readonly #entities = new Map<string, TemporalEntity>();

  /** @param notify Whom governors tell what happens. */
  constructor(client: Client, notify?: NotifyTerms) {
    this.#client = client;
    this.#terms = new ToldTerms(notify);
  }

  async exchange(governor: string, request: ExchangeRequest): Promise<ExchangeAnswer> {
    return await this.#terms.during(governor, async (more) => {
      const argument = { ...request, ...more };
      const update = { name: ENTITY_UPDATES.exchange, id: request.requestId, argument };
      return await this.#entity(governor).update<ExchangeAnswer>(update);
    });
  }

  async hours(governor: string): Promise<readonly HourCounts[] | undefined> {
    const view = await this.#entity(governor).query<GovernorView>(ENTITY_QUERIES.governor);
    return view?.hours;
  }

  #entity(governor: string): TemporalEntity {
    const known = this.#entities.get(governor);
    if (known !== undefined) return known;
    const entity = new TemporalEntity(this.#client, {
      workflowType: ENTITY_TYPES.governor,
      workflowId: governorWorkflowId(governor),
      input: { id: governor },
    });
    this.#entities.set(governor, entity);
    return entity;
  }
}
