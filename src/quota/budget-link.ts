/** How a wallet reaches the budget of a tenant: Temporal in production, the reducer itself in tests. */
import type { Client } from '@temporalio/client';
import type { BudgetAnswer, BudgetRequest } from '../contract/budget.ts';
import type { NotifyTerms } from '../contract/notification.ts';
import { budgetWorkflowId, ENTITY_TYPES, ENTITY_UPDATES } from '../contract/names.ts';
import { TemporalEntity } from './temporal-entity.ts';
import { ToldTerms } from './told-terms.ts';

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
  readonly #terms: ToldTerms;
  readonly #entities = new Map<string, TemporalEntity>();

  /** @param notify Whom budgets tell what happens. */
  constructor(client: Client, notify?: NotifyTerms) {
    this.#client = client;
    this.#terms = new ToldTerms(notify);
  }

  async exchange(tenant: string, request: BudgetRequest): Promise<BudgetAnswer> {
    const { process, seq } = request;
    return await this.#terms.during(tenant, async (more) => {
      const argument = { ...request, ...more };
      const update = { name: ENTITY_UPDATES.budget, id: `${process}/${seq}`, argument };
      return await this.#entity(tenant).update<BudgetAnswer>(update);
    });
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
