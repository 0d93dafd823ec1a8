/**
 * What is worth telling of a change of state: the difference between how routes stood and how they stand,
 * so that what four processes report is one event. An id is made of what happened and when, never of who
 * told it: the same change gives the same id on replay, after a reset and by a successor.
 */
import type { NotificationInput, Subscriptions } from '../contract/notification.ts';
import type { NotificationEvent } from '../domain/notification.ts';
import { idPart } from '../domain/notification.ts';
import { shortText } from '../domain/short-text.ts';
import { holdNews } from './hold-news.ts';
import type { News, Standing } from './news-item.ts';
import { routeNews } from './route-news.ts';
import { addressees } from './subscriptions.ts';

const LONGEST_SUBJECT = 300;

/** @param account Whose governor it is; `source` is part of the ids and tells apart what shares no governor. */
export function standingNotices(
  { account, source = account }: { readonly account: string; readonly source?: string },
  before: Standing,
  after: Standing,
  subscriptions: Subscriptions | undefined,
  now: number,
): readonly NotificationInput[] {
  if (subscriptions === undefined || before === after) return [];
  return newsOf(account, before, after).flatMap((news) => {
    const { type, key, subject, place, data } = news;
    const to = addressees(subscriptions, type, place);
    if (to.length === 0) return [];
    const event: NotificationEvent = {
      id: [type, idPart(source), idPart(key), now].join('/'),
      type,
      at: new Date(now).toISOString(),
      subject: shortText(subject, LONGEST_SUBJECT),
      data: { account, ...data },
    };
    return [{ event, to }];
  });
}

function newsOf(account: string, before: Standing, after: Standing): readonly News[] {
  return [
    ...holdNews(account, before, after),
    ...routeNews(account, before, after),
    ...quotaNews(account, before, after),
  ];
}

function quotaNews(account: string, before: Standing, after: Standing): readonly News[] {
  return after.alerts.flatMap(({ kind, subject, value }): readonly News[] => {
    const isKnown = before.alerts.some((alert) => alert.kind === kind && alert.subject === subject);
    if (kind !== 'quota-80' || isKnown) return [];
    // `gemini-3-pro-image rpm`
    const [model = subject, dimension = ''] = subject.split(' ');
    const why = `${Math.round(value * 100)} % of ${dimension} in use`;
    const key = subject.replaceAll(' ', ':');
    return [
      { type: 'quota-80', key, subject: `${model}: ${why}`, place: { account, model }, data: { why, model } },
    ];
  });
}
