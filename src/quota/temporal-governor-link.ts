/** Governors over Temporal: one update for each exchange. */
import type { Client } from '@temporalio/client';
import type { ExchangeAnswer, ExchangeRequest, GovernorView } from '../contract/exchange.ts';
import { ENTITY_QUERIES, ENTITY_TYPES, ENTITY_UPDATES, governorWorkflowId } from '../contract/names.ts';
import type { HourCounts } from '../domain/quiet.ts';
import type { GovernorLink } from './governor-link.ts';
import { TemporalEntity } from './temporal-entity.ts';

export class TemporalGovernorLink implements GovernorLink {
  readonly #client: Client;
  readonly #entities = new Map<string, TemporalEntity>();

  constructor(client: Client) {
    this.#client = client;
  }

  async exchange(governor: string, request: ExchangeRequest): Promise<ExchangeAnswer> {
    const update = { name: ENTITY_UPDATES.exchange, id: request.requestId, argument: request };
    return await this.#entity(governor).update<ExchangeAnswer>(update);
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
