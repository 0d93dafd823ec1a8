/**
 * *Session*: a filmstrip of its turns, oldest first, each with its image or why there is none, and what may be done
 * from there: fork from any turn that delivered, undo the last one, close.
 */
import type { SessionSight } from '../../client/session-sight.ts';
import { lookAtSession } from '../../client/session-sight.ts';
import type { TurnView } from '../../contract/session.ts';
import { standings } from '../../words/session-history.ts';
import { settingsWords } from '../../words/session-settings.ts';
import { field } from '../decision-form.ts';
import { foldedForm } from '../fold.ts';
import type { Html } from '../html.ts';
import { foreign, html } from '../html.ts';
import type { Action, Viewer } from '../page.ts';
import { definePage, pathTo } from '../page.ts';
import { facts, section } from '../section.ts';
import { frame, stateTag } from '../session-frame.ts';
import { ago, counted, left, usd } from '../words.ts';

/** Shown at once: more is a page to wait for. */
const MOST_FRAMES = 40;

interface Data extends SessionSight {
  /** Number of the first turn that is shown. */
  readonly from: number;
}

export const sessionPage = definePage<Data>({
  path: '/sessions/:id',
  navigation: 'sessions',
  load: async ({ images, params, query }) => {
    const sight = await lookAtSession(images, params['id'] ?? '');
    const given = Number(query.get('from') ?? Number.NaN);
    const latest = Math.max(0, sight.turns.length - MOST_FRAMES);
    const from = Number.isInteger(given) && given >= 0 ? Math.min(given, latest) : latest;
    return { ...sight, from };
  },
  view: (data, viewer) => {
    const { view, turns, from } = data;
    const shown = turns.slice(from, from + MOST_FRAMES);
    return {
      title: `Session ${nameOf(view.id)}`,
      content: html`${head(data, viewer)} ${earlier(view.id, from)}
      ${turns.length === 0 && section('none', html`<p class="empty">No turn yet.</p>`)}
      ${shown.map((turn, i) => frameOf(data, turn, from + i, viewer))} ${later(data)} ${closing(data, viewer)}`,
    };
  },
  actions: { fork: fork(), undo: undo(), close: close() },
});

function nameOf(id: string): string {
  return id.replace(/^gemini-session\//, '');
}

function head({ view, running }: Data, viewer: Viewer): Html {
  const { status, settings, from, cost, queued, createdAt, expiresAt } = view;
  const state = stateTag(running === undefined ? status : 'running');
  return section(
    'session',
    html`${facts([
        ['state', state],
        ['waiting', queued === 0 ? undefined : counted(queued, 'turn')],
        ['turns', String(view.turns)],
        [
          'cost',
          `${usd(cost.sureUsd)}${cost.possibleUsd > 0 ? `, ${usd(cost.possibleUsd)} more possible` : ''}`,
        ],
        ['begun', html`${ago(createdAt, viewer)} ago`],
        ['ends by itself in', status === 'open' && left(expiresAt, viewer)],
        [
          'forked from',
          from &&
            html`<a href="${pathTo('/sessions', from.session)}"
              >turn ${foreign(from.turnId)} of ${foreign(nameOf(from.session))}</a
            >`,
        ],
      ])}
      <p class="beside">Each turn is asked with: ${foreign(settingsWords(settings))}.</p>`,
  );
}

function frameOf(data: Data, turn: TurnView, at: number, viewer: Viewer): Html {
  const { view, turns, running } = data;
  const standing = standings(view, turns)(turn);
  const isForkable = turn.done?.past !== undefined;
  const isBusy = view.running !== undefined || view.queued > 0;
  const isUndoable = standing === 'head' && view.status === 'open' && !isBusy;
  const before = turns[at - 1]?.turnId;
  return frame(
    {
      n: at + 1,
      turn,
      standing,
      ...(turn.after === undefined || turn.after === before ? {} : { goesOnFrom: turn.after }),
      ...(turn.status === 'running' && running !== undefined ? { running } : {}),
      choices: [isForkable && forkForm(turn, viewer), isUndoable && undoForm(turn, viewer)],
    },
    viewer,
  );
}

function forkForm({ turnId }: TurnView, viewer: Viewer): Html {
  return foldedForm(viewer, {
    ...{ key: `fork ${turnId}`, summary: 'Fork from here' },
    ...{ action: 'fork', button: 'Make the new session' },
    hidden: { turnId },
    fields: field('name', 'Name of the new session', {
      optional: true,
      hint: 'one is made up where it is empty',
    }),
    consequence: 'A new session goes on from this image; this one stays as it is. Nothing is paid for.',
    example: 'the client wants a second version',
  });
}

function undoForm({ turnId }: TurnView, viewer: Viewer): Html {
  return foldedForm(viewer, {
    ...{ key: `undo ${turnId}`, summary: 'Undo this turn', danger: true },
    ...{ action: 'undo', button: 'Undo it' },
    hidden: { turnId },
    consequence: 'The next turn goes on from the one before. The image stays, and what it cost is paid.',
    example: 'the hat is the wrong red',
  });
}

function closing({ view }: Data, viewer: Viewer): Html | false {
  if (view.status !== 'open' || viewer.role === 'reader') return false;
  const busy = view.queued + (view.running === undefined ? 0 : 1);
  return section(
    'close',
    foldedForm(viewer, {
      ...{ key: 'close', summary: 'Close the session', danger: true },
      ...{ action: 'close', button: 'Close it' },
      consequence: `It takes no further turn${busy === 0 ? '' : `; ${counted(busy, 'turn')} accepted before still run`}. The images stay, and any turn can be forked from.`,
      example: 'the client has chosen',
    }),
  );
}

function earlier(id: string, from: number): Html | false {
  if (from === 0) return false;
  const address = `${pathTo('/sessions', id)}?from=${Math.max(0, from - MOST_FRAMES)}`;
  return section(
    'earlier',
    html`<p class="pages"><a href="${address}">${counted(from, 'earlier turn')}</a></p>`,
  );
}

function later({ view, turns, from }: Data): Html | false {
  const left = turns.length - from - MOST_FRAMES;
  if (left <= 0) return false;
  const address = `${pathTo('/sessions', view.id)}?from=${from + MOST_FRAMES}`;
  return section('later', html`<p class="pages"><a href="${address}">${counted(left, 'later turn')}</a></p>`);
}

function fork(): Action {
  return {
    run: async ({ images, params, form, by, why }) => {
      const name = form.get('name');
      const session = await images
        .openSession(params['id'] ?? '')
        .fork(form.required('turnId', 'turn'), name === '' ? {} : { id: name }, { by, why });
      return {
        notice: `Forked: this session goes on from turn ${form.get('turnId')}.`,
        to: pathTo('/sessions', session.id),
      };
    },
  };
}

function undo(): Action {
  return {
    run: async ({ images, params, form, by, why }) => {
      const session = images.openSession(params['id'] ?? '');
      const { undone, head: now } = await session.undo(form.required('turnId', 'turn'), { by, why });
      const next =
        now === undefined
          ? 'the next turn begins the conversation anew'
          : `the next turn goes on from ${now}`;
      return { notice: `Turn ${undone} is undone; ${next}.` };
    },
  };
}

function close(): Action {
  return {
    run: async ({ images, params, by, why }) => {
      const { status } = await images.openSession(params['id'] ?? '').close({ by, why });
      return {
        notice:
          status === 'closed' ? 'The session is closed.' : 'The session closes once its turns have ended.',
      };
    },
  };
}
