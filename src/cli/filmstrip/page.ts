/** The filmstrip of a session: one HTML page to be mailed, with the pictures of every turn in it. */
import type { SessionView } from '../../contract/session.ts';
import { settingsWords } from '../../words/session-settings.ts';
import { figureList, mailedPage } from '../mailed-page.ts';
import type { Frame } from './frame.ts';
import { frameHtml } from './frame-html.ts';
import { safe } from './safe.ts';
import { FILMSTRIP_STYLE } from './style.ts';

export function filmstripPage(view: SessionView, frames: readonly Frame[]): string {
  const { id, settings, from } = view;
  const origin =
    from === undefined
      ? ''
      : `<p>Goes on from turn <bdi>${safe(from.turnId)}</bdi> of <bdi>${safe(from.session)}</bdi>.</p>`;
  return mailedPage({
    title: `${safe(id)} · filmstrip`,
    style: FILMSTRIP_STYLE,
    hasPictures: true,
    header: `  <h1>${safe(id)}</h1>
  <p>${safe(settingsWords(settings))}</p>
  ${origin}
  ${figureList(figures(view, frames))}`,
    main: frames.length === 0 ? '<p>No turn yet.</p>' : `<ol>\n${frames.map(frameHtml).join('\n')}\n</ol>`,
  });
}

function figures(
  { status, cost }: SessionView,
  frames: readonly Frame[],
): readonly (readonly [string, string | number])[] {
  const count = (of: (frame: Frame) => boolean): number => frames.filter(of).length;
  const undone = count(({ standing }) => standing === 'undone');
  const failed = count(({ standing }) => standing === 'failed');
  return [
    ['session', status],
    ['turns', frames.length],
    ['in the conversation', count(({ standing }) => standing === 'head' || standing === 'kept')],
    ...(undone === 0 ? [] : [['undone', undone] as const]),
    ...(failed === 0 ? [] : [['failed', failed] as const]),
    ['USD sure', cost.sureUsd.toFixed(3)],
    ...(cost.possibleUsd === 0 ? [] : [['USD possible', cost.possibleUsd.toFixed(3)] as const]),
  ];
}
