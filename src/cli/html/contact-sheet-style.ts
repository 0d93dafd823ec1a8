/** The contact sheet's looks, light and dark; no fonts or scripts from anywhere. */
import { PALETTE } from '../../words/palette.ts';

export const CONTACT_SHEET_STYLE = `${PALETTE}* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; padding: 3rem clamp(1rem, 4vw, 4rem) 5rem; }
header, main { max-width: 92rem; margin-inline: auto; }
h1 { font-size: 2.2rem; letter-spacing: -0.02em; line-height: 1.2; }
header > p { color: var(--soft); max-width: 46rem; margin-top: 0.4rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2.2rem; margin: 1.6rem 0 2.4rem; }
dt { color: var(--soft); font-size: 0.8rem; }
dd { font-size: 1.6rem; font-variant-numeric: tabular-nums; line-height: 1.2; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1.4rem; }
figure { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; display: flex; flex-direction: column; }
figure img { display: block; width: 100%; height: auto; }
figcaption { padding: 1rem 1.1rem 1.1rem; flex: 1; display: flex; flex-direction: column; }
h2 { font-size: 1.05rem; line-height: 1.3; }
.trouble { color: var(--soft); font-size: 0.9rem; }
.trail { list-style: none; padding: 0; margin: 0.8rem 0; display: flex; flex-wrap: wrap; gap: 0.35rem; }
.trail li { font-size: 0.78rem; padding: 0.12rem 0.55rem; border-radius: 999px; overflow-wrap: anywhere; }
.verdict { background: var(--bad-wash); color: var(--bad); }
.change { background: var(--change-wash); color: var(--change); }
.success { background: var(--good-wash); color: var(--good); }
.person { background: var(--person-wash); color: var(--person); }
section { margin: 0.9rem 0; }
h3 { font-size: 0.8rem; font-weight: 600; color: var(--soft); margin-bottom: 0.3rem; }
.techniques { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem; margin-bottom: 0.5rem; }
.techniques li { font-size: 0.78rem; padding: 0.12rem 0.55rem; border: 1px solid var(--line); border-radius: 999px; }
.diff { font-size: 0.92rem; line-height: 1.6; overflow-wrap: anywhere; }
.diff del { background: var(--bad-wash); color: var(--bad); }
.diff ins { background: var(--good-wash); color: var(--good); text-decoration: none; font-weight: 600; }
.culprit { font-size: 0.85rem; color: var(--soft); margin-top: 0.4rem; overflow-wrap: anywhere; }
.people ul { list-style: none; padding: 0; }
.people li { font-size: 0.88rem; padding-left: 0.7rem; border-left: 3px solid var(--person); margin-bottom: 0.45rem; overflow-wrap: anywhere; }
.people li:is(.stale, .refused, .junk) { border-color: var(--bad); }
.people span { color: var(--soft); font-size: 0.8rem; }
.people em { display: block; font-style: normal; color: var(--bad); font-size: 0.82rem; }
.facts { margin-top: auto; color: var(--soft); font-size: 0.82rem; font-variant-numeric: tabular-nums; }
.none { aspect-ratio: 1; padding: 1.4rem; display: flex; flex-direction: column; justify-content: center; gap: 0.8rem; background: var(--bad-wash); overflow: hidden; }
.none strong { color: var(--bad); font-size: 1.15rem; overflow-wrap: anywhere; }
.none q { font-style: italic; overflow-wrap: anywhere; }
.none p { font-size: 0.88rem; }
.waits { background: var(--person-wash); }
.waits strong { color: var(--person); }
`;
