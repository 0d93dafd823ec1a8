/**
 * *Dead letters*: what ended unserved, by what it died of, so that a cause is fixed once. A whole cause is brought back
 * by the console itself, paced, while everybody may go on or close the page.
 */
import type { DeadCauseListing } from '../../client/dead-causes.ts';
import { deadCause } from '../dead-cause.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Action } from '../page.ts';
import { definePage, pathTo } from '../page.ts';
import { requestChange } from '../request-change.ts';
import type { RevivalState } from '../revivals.ts';
import { revivalsOf, revivalWords } from '../revivals.ts';
import { revival } from '../revival-part.ts';
import { section } from '../section.ts';
import { count, counted } from '../words.ts';

/** Of one cause, where it is looked at alone. */
const MOST_EXAMPLES = 100;

interface Data {
  readonly causes: DeadCauseListing;
  readonly revivals: readonly RevivalState[];
  /** The only one that is looked at. */
  readonly only: string | undefined;
}

export const deadLettersPage = definePage<Data>({
  path: '/dead-letters',
  navigation: 'dead',
  load: async ({ images, query, now }) => {
    const only = query.get('cause') ?? undefined;
    const causes = await images.deadCauses(
      only === undefined ? {} : { cause: only, examples: MOST_EXAMPLES, lookAt: 1_000 },
    );
    return { causes, only, revivals: revivalsOf(images).told(now) };
  },
  view: ({ causes, revivals, only }, viewer) => {
    const underWay = new Set(
      revivals.filter(({ endedAt }) => endedAt === undefined).map(({ cause }) => cause),
    );
    return {
      title: 'Dead letters',
      content: html`${summary(causes, only)} ${revivals.map((state) => revival(state, viewer))}
      ${causes.length === 0 && none(only)}
      ${causes.map((cause) => deadCause(cause, viewer, { isUnderWay: underWay.has(cause.name), isAlone: only !== undefined }))}`,
    };
  },
  actions: { 'revive-cause': reviveCause(), 'stop-revival': stopRevival(), revive: revive() },
});

function summary(causes: DeadCauseListing, only: string | undefined): Html {
  const { total, lookedAt, revived } = causes;
  const left = causes.reduce((sum, each) => sum + each.count, 0);
  const unread = total - lookedAt;
  const since =
    revived === undefined
      ? 'The artifact store does not answer: some of these may have been revived since.'
      : revived > 0 && `${counted(revived, 'run')} of those read were revived since and are left out.`;
  return section(
    'summary',
    html`<p class="lead">
        ${left === 0 && unread === 0 ? 'Nothing is dead.' : `${counted(left, 'dead letter')} of ${counted(causes.length, 'cause')}.`}
        ${unread > 0 && `Only the newest of each branch are read: ${count(lookedAt)} of ${count(total)}.`}
        ${since}
      </p>
      ${only !== undefined && html`<p><a href="/dead-letters">all causes</a></p>`}`,
  );
}

function none(only: string | undefined): Html {
  const words =
    only === undefined
      ? 'Whatever cannot be served ends here with its evidence, and can be brought back from here.'
      : 'Nothing is dead of this cause, or all of it was revived.';
  return section('none', html`<p class="empty">${words}</p>`);
}

function reviveCause(): Action {
  return {
    run: async ({ images, form, by, why, background }) => {
      const cause = form.required('cause');
      const change = requestChange(form);
      const wish = {
        ...{ cause, by, why },
        ...(change === undefined ? {} : { change }),
        ...(form.get('perMinute') === ''
          ? {}
          : { perMinute: form.positive('perMinute', 'at most a minute') }),
        ...(form.get('limit') === '' ? {} : { limit: form.positive('limit', 'at most in all') }),
      };
      const begun = await background.run(`revive ${cause}, by ${by}`, async (tell) =>
        revivalWords(await revivalsOf(images).begin(images, wish, (state) => tell(revivalWords(state)))),
      );
      return { notice: `Under way: ${begun}. You may close this page; it goes on.` };
    },
  };
}

function stopRevival(): Action {
  return {
    run: ({ images, form }) => {
      const cause = form.required('cause');
      revivalsOf(images).stop(cause);
      return Promise.resolve({
        notice: `No further dead letter of ${cause} is revived; those that were go on.`,
      });
    },
  };
}

function revive(): Action {
  return {
    run: async ({ images, form, by, why }) => {
      const id = form.required('id');
      const change = requestChange(form);
      await images.revive(id, {
        ...{ by, why, run: form.required('run') },
        ...(change === undefined ? {} : { change }),
      });
      return { notice: `Revived: ${id} runs again.`, to: pathTo('/generations', id) };
    },
  };
}
