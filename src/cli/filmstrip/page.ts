/**
 * The filmstrip of a session: one HTML page that holds everything, pictures too, so that it can be mailed. Nothing
 * in it is fetched or run, whatever a prompt says: the page's own policy forbids it.
 */
import type { SessionView } from '../../contract/session.ts';
import { settingsWords } from '../../words/session-settings.ts';
import type { Frame } from './frame.ts';
import { frameHtml } from './frame-html.ts';
import { safe } from './safe.ts';
import { FILMSTRIP_STYLE } from './style.ts';

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

export function filmstripPage(view: SessionView, frames: readonly Frame[]): string {
  const { id, settings, from } = view;
  const origin =
    from === undefined
      ? ''
      : `<p>Goes on from turn <bdi>${safe(from.turnId)}</bdi> of <bdi>${safe(from.session)}</bdi>.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${safe(id)} · filmstrip</title>
<style>${FILMSTRIP_STYLE}</style>
</head>
<body>
<header>
  <h1>${safe(id)}</h1>
  <p>${safe(settingsWords(settings))}</p>
  ${origin}
  <dl>${figures(view, frames)
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
    .join('')}</dl>
</header>
<main>
${frames.length === 0 ? '<p>No turn yet.</p>' : `<ol>\n${frames.map(frameHtml).join('\n')}\n</ol>`}
</main>
</body>
</html>
`;
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
