/** The filmstrip's looks: a row for each frame, a column on a phone; no fonts or scripts from anywhere. */
import { PALETTE } from '../../words/palette.ts';

export const FILMSTRIP_STYLE = `${PALETTE}
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; padding: clamp(1.2rem, 4vw, 3rem) clamp(0.8rem, 4vw, 3rem) 4rem; }
header, main { max-width: 64rem; margin-inline: auto; }
h1 { font-size: clamp(1.3rem, 4vw, 1.9rem); letter-spacing: -0.02em; line-height: 1.2; overflow-wrap: anywhere; }
header p { color: var(--soft); margin-top: 0.35rem; overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; margin: 1.2rem 0 1.8rem; }
dt { color: var(--soft); font-size: 0.8rem; }
dd { font-size: 1.35rem; font-variant-numeric: tabular-nums; line-height: 1.2; }
ol { list-style: none; padding: 0; display: grid; gap: 1.2rem; }
.frame { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; display: grid; grid-template-columns: minmax(0, 26rem) minmax(0, 1fr); }
.picture img { display: block; width: 100%; height: auto; }
.told { padding: 1.1rem 1.3rem; display: flex; flex-direction: column; gap: 0.7rem; min-width: 0; }
h2 { font-size: 0.88rem; line-height: 1.4; color: var(--soft); overflow-wrap: anywhere; }
.n { font-weight: 400; font-variant-numeric: tabular-nums; }
.tag { font-size: 0.78rem; font-weight: 600; padding: 0.12rem 0.55rem; border-radius: 999px; background: var(--change-wash); color: var(--change); white-space: nowrap; }
.head .tag { background: var(--good-wash); color: var(--good); }
:is(.failed, .cancelled) .tag { background: var(--bad-wash); color: var(--bad); }
:is(.queued, .running) .tag { background: var(--person-wash); color: var(--person); }
.prompt { font-size: 1.1rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; }
.hidden { color: var(--soft); font-style: italic; }
.warning { padding-left: 0.7rem; border-left: 3px solid var(--person); font-size: 0.88rem; overflow-wrap: anywhere; }
h3 { font-size: 0.8rem; font-weight: 600; color: var(--soft); margin-bottom: 0.3rem; }
.small { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.5rem; }
.small li { max-width: 100%; }
.small img { display: block; height: 6rem; width: auto; max-width: 100%; border-radius: 6px; }
.small code { font-size: 0.82rem; overflow-wrap: anywhere; }
.small .none { aspect-ratio: auto; border-radius: 6px; padding: 0.6rem 0.8rem; font-size: 0.85rem; }
.facts { color: var(--soft); font-size: 0.82rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.facts span { display: inline-block; }
.told > .facts:last-child { margin-top: auto; }
.none { aspect-ratio: 1; height: 100%; width: 100%; padding: 1.4rem; display: flex; flex-direction: column; justify-content: center; gap: 0.6rem; background: var(--bad-wash); }
.none strong { color: var(--bad); overflow-wrap: anywhere; }
.none p { font-size: 0.9rem; overflow-wrap: anywhere; }
:is(.failed, .cancelled, .queued, .running) .picture > .none { aspect-ratio: auto; min-height: 9rem; }
.waits, .cancelled .none { background: var(--person-wash); }
.waits strong, .cancelled .none strong { color: var(--person); }
.undone { border: 1px dashed var(--soft); background: transparent; }
.undone .picture img { opacity: 0.45; filter: grayscale(0.7); }
.undone .prompt { color: var(--soft); }
@media (max-width: 42rem) { .frame { grid-template-columns: minmax(0, 1fr); } }
@media print { .frame { break-inside: avoid; } }
`;
