/** Holds that opened, and holds that a person or a trial released. */
import type { Scope } from '../contract/standing.ts';
import type { NewsPlace } from '../domain/subscriber.ts';
import type { News, Standing } from './news-item.ts';
import { whyOf } from './news-item.ts';
import { scopeWords } from './standing/scope.ts';
import type { HoldState } from './standing/state.ts';

export function holdNews(account: string, before: Standing, after: Standing): readonly News[] {
  const opened = after.holds.flatMap((hold): readonly News[] => {
    const known = before.holds.find(({ id }) => id === hold.id);
    // Resumed and held again, because the cause is still there, is news; more calls behind it are not.
    const isNews = known === undefined || (known.phase !== 'held' && hold.phase === 'held');
    return isNews ? [aboutHold(account, hold, 'hold-opened', openedWords(hold))] : [];
  });
  const released = before.holds.flatMap((hold): readonly News[] => {
    if (after.holds.some(({ id }) => id === hold.id)) return [];
    const why = whyOf(before, after, 'hold-released', hold.id);
    // One that had to make room for others was not released by anybody.
    return why === undefined ? [] : [aboutHold(account, hold, 'hold-released', why)];
  });
  return [...opened, ...released];
}

function openedWords({ branch, reason, by, message }: HoldState): string {
  return branch === 'operator' ? `paused by ${by ?? 'somebody'}: ${message}` : `${branch}/${reason}`;
}

function aboutHold(
  account: string,
  hold: HoldState,
  type: 'hold-opened' | 'hold-released',
  why: string,
): News {
  const { id, scope, branch, reason, message, generationId, by } = hold;
  const what = type === 'hold-opened' ? 'everything is held' : 'released';
  return {
    type,
    key: id,
    subject: `${what} by ${id}, ${scopeWords(scope)}: ${why}`,
    place: placeOf(account, scope),
    data: {
      ...{ why, scope, hold: id, branch, reason, message },
      ...(scope.kind === 'model' ? { model: scope.key } : {}),
      ...(generationId === undefined ? {} : { generation: generationId }),
      ...(by === undefined ? {} : { by }),
    },
  };
}

function placeOf(account: string, { kind, key }: Scope): NewsPlace {
  switch (kind) {
    case 'credential':
      return { account, credential: key };
    case 'project':
      return { account };
    case 'model':
      return { account, model: key };
    case 'endpoint':
    case 'gateway':
      return { baseUrl: key };
    case 'route': {
      const [credential = '', ...rest] = key.split('/');
      return { account, credential, model: rest.slice(0, -1).join('/') };
    }
  }
}
