/** How a wallet reaches the budget of a tenant: Temporal in production, the reducer itself in tests. */
import type { Client } from '@temporalio/client';
import type { BudgetAnswer, BudgetRequest } from '../contract/budget.ts';
import { budgetWorkflowId, ENTITY_TYPES, ENTITY_UPDATES } from '../contract/names.ts';
import { TemporalEntity } from './temporal-entity.ts';

export interface BudgetLink {
  /**
   * Asks once, within the link's deadline. Rejects with what a person should know; the same request is then
   * sent again, and answered once.
   */
  exchange(tenant: string, request: BudgetRequest): Promise<BudgetAnswer>;
}

/** One update for each exchange; the entity is started where it is not there. */
export class TemporalBudgetLink implements BudgetLink {
  readonly #client: Client;
  readonly #entities = new Map<string, TemporalEntity>();

  constructor(client: Client) {
    this.#client = client;
  }

  async exchange(tenant: string, request: BudgetRequest): Promise<BudgetAnswer> {
    const { process, seq } = request;
    const update = { name: ENTITY_UPDATES.budget, id: `${process}/${seq}`, argument: request };
    return await this.#entity(tenant).update<BudgetAnswer>(update);
  }

  #entity(tenant: string): TemporalEntity {
    const known = this.#entities.get(tenant);
    if (known !== undefined) return known;
    const entity = new TemporalEntity(this.#client, {
      workflowType: ENTITY_TYPES.budget,
      workflowId: budgetWorkflowId(tenant),
      input: { tenant },
    });
    this.#entities.set(tenant, entity);
    return entity;
  }
}
