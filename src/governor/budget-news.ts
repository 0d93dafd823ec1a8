/** Marks of a budget that were passed, as events. */
import type { BudgetEvent } from '../contract/budget.ts';
import type { NotificationInput, Subscriptions } from '../contract/notification.ts';
import { budgetEventType } from '../contract/notification.ts';
import type { NotificationEvent } from '../domain/notification.ts';
import { idPart } from '../domain/notification.ts';
import { addressees } from './subscriptions.ts';

/** @param source Tells apart budgets of processes that share none; part of the ids. */
export function budgetNotices(
  { tenant, source }: { readonly tenant: string; readonly source?: string },
  events: readonly BudgetEvent[],
  subscriptions: Subscriptions | undefined,
): readonly NotificationInput[] {
  return events.flatMap(({ at, percent, period, label, usd, sureUsd, possibleUsd }) => {
    const type = budgetEventType(percent) as 'budget-50';
    const to = addressees(subscriptions, type);
    if (to.length === 0) return [];
    const whose = tenant === '' ? 'requests without a tenant' : `tenant ${tenant}`;
    const spent = `$${(sureUsd + possibleUsd).toFixed(2)} of $${usd}`;
    const event: NotificationEvent = {
      // A cap that was changed within its period has marks of its own.
      id: [type, ...(source === undefined ? [] : [source]), `t-${tenant}`, period, label, `${usd}`]
        .map(idPart)
        .join('/'),
      type,
      at: new Date(at).toISOString(),
      subject: `budget of ${whose}: ${percent} % of the ${period} ${label} reached, ${spent}`,
      data: { tenant, percent, period, label, usd, sureUsd, possibleUsd },
    };
    return [{ event, to }];
  });
}
