/** The console's looks: light and dark, from a phone to a wall, nothing fetched from anywhere. */
import { PALETTE } from '../../words/palette.ts';
import { PLOT_STYLE } from '../../words/plots.ts';

export const STYLE = `${PALETTE}${PLOT_STYLE}
* { box-sizing: border-box; margin: 0; }
:root { --shadow: 0 1px 2px rgb(29 31 36 / 6%), 0 4px 16px rgb(29 31 36 / 4%); }
@media (prefers-color-scheme: dark) { :root { --shadow: none; } }
html { color-scheme: light dark; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--change); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--change); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; background: var(--card); padding: 0.6rem 1rem; z-index: 2; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
header { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; align-items: center; justify-content: space-between; padding: 0.5rem clamp(0.8rem, 3vw, 2rem); background: var(--card); border-bottom: 1px solid var(--line); box-shadow: var(--shadow); position: relative; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.2rem; }
nav a { display: block; padding: 0.45rem 0.8rem; border-radius: 8px; color: var(--ink); text-decoration: none; }
nav a:hover { background: var(--paper); }
nav a[aria-current] { background: var(--change-wash); color: var(--change); font-weight: 600; }
.person { display: flex; gap: 0.8rem; align-items: center; color: var(--soft); font-size: 0.9rem; }
.live { min-height: 1.4rem; padding: 0.15rem clamp(0.8rem, 3vw, 2rem) 0; color: var(--soft); font-size: 0.82rem; text-align: right; }
main, #told { max-width: 78rem; margin-inline: auto; padding: 0 clamp(0.8rem, 3vw, 2rem); }
main { padding-bottom: 4rem; }
main.narrow { max-width: 34rem; padding-top: 2rem; }
h1 { font-size: clamp(1.35rem, 2.6vw, 1.8rem); line-height: 1.2; letter-spacing: -0.015em; margin: 0.4rem 0 1.1rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin-bottom: 0.6rem; }
h3 { font-size: 1rem; line-height: 1.35; margin-bottom: 0.3rem; }
section { margin-bottom: 2.2rem; }
section:has(> .card:only-child), section:has(+ section > .card:only-child) { margin-bottom: 1rem; }
section:has(> .card:only-child) + section:not(:has(> .card:only-child)) { margin-top: 2.2rem; }
[data-part='totals'] .facts { gap: 0.8rem; }
[data-part='totals'] .facts > div { flex: 1 1 6.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 0.8rem 1.1rem; box-shadow: var(--shadow); }
[data-part='totals'] .facts dd { font-size: 1.9rem; line-height: 1.15; font-weight: 650; }
section > * + * { margin-top: 0.6rem; }
.beside { color: var(--soft); font-size: 0.85rem; font-weight: 400; }
.told { padding: 0.7rem 1rem; border-radius: 10px; border-left: 5px solid; margin: 0.5rem 0; background: var(--card); }
.told.bad { background: var(--bad-wash); border-color: var(--bad); }
.told.good { background: var(--good-wash); border-color: var(--good); }
.told.busy { background: var(--change-wash); border-color: var(--change); }
.told .beside { color: inherit; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.3rem; box-shadow: var(--shadow); }
.card.stop { border-left: 5px solid var(--bad); }
.card.ask { border-left: 5px solid var(--person); }
.card > * + * { margin-top: 0.6rem; }
.why { max-width: 60rem; }
.quiet-words { color: var(--soft); font-size: 0.9rem; }
.tag { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 999px; font-size: 0.8rem; background: var(--paper); border: 1px solid var(--line); color: var(--ink); }
.tag.bad { background: var(--bad-wash); color: var(--bad); border-color: transparent; }
.tag.good { background: var(--good-wash); color: var(--good); border-color: transparent; }
.tag.change { background: var(--change-wash); color: var(--change); border-color: transparent; }
.tag.person-tag { background: var(--person-wash); color: var(--person); border-color: transparent; }
code { font: 0.88em ui-monospace, monospace; }
pre { font: 0.85rem/1.45 ui-monospace, monospace; white-space: pre-wrap; }
.facts { display: flex; flex-wrap: wrap; gap: 0.7rem 2.4rem; }
.facts > div { max-width: 26rem; }
.facts dt { color: var(--soft); font-size: 0.8rem; }
.facts dd { font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.5rem 0.8rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
.pager { display: flex; gap: 1rem; margin-top: 0.6rem; }
details { margin-top: 0.6rem; }
summary { display: inline-block; position: relative; list-style: none; cursor: pointer; padding: 0.4rem 0.85rem 0.4rem 1.9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); font-size: 0.92rem; font-weight: 600; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ''; position: absolute; left: 0.8rem; top: 0.84rem; width: 0.42rem; height: 0.42rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
details[open] > summary::before { transform: rotate(45deg); }
summary:hover { border-color: var(--change); }
details[open] > summary { background: var(--change-wash); color: var(--change); border-color: transparent; }
details > :not(summary) { margin-top: 0.6rem; }
.decision { display: grid; gap: 0.7rem; max-width: 44rem; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); margin-top: 0.6rem; }
label { display: grid; gap: 0.2rem; font-size: 0.9rem; font-weight: 600; }
.hint { color: var(--soft); font-weight: 400; font-size: 0.85rem; }
input, select, textarea { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 8px; padding: 0.45rem 0.6rem; width: 100%; }
button, .button { font: inherit; font-weight: 600; border: 1px solid transparent; border-radius: 8px; padding: 0.5rem 1rem; min-height: 2.6rem; cursor: pointer; background: var(--change); color: var(--paper); }
button.danger { background: var(--bad); }
button.quiet { background: transparent; color: var(--change); border-color: var(--line); min-height: 0; padding: 0.25rem 0.7rem; font-weight: 400; }
form[aria-busy='true'] button { opacity: 0.6; }
.go { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; }
.go p { flex: 1 1 14rem; font-size: 0.88rem; color: var(--soft); }
.choices { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: flex-start; }
.choices > * { margin-top: 0; }
.choices > [open], .choices > :not(details) { flex: 1 0 100%; }
.choice { max-width: 100%; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
figure img { display: block; width: 100%; height: auto; background: var(--paper); }
figcaption { padding: 0.6rem 0.8rem; font-size: 0.88rem; color: var(--soft); }
.timeline { list-style: none; padding: 0; display: grid; gap: 0.8rem; }
.attempt { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--bad); border-radius: 10px; padding: 0.8rem 1rem; }
.attempt.delivered { border-left-color: var(--good); }
.attempt.prepared { border-left-color: var(--change); }
.attempt > * + * { margin-top: 0.35rem; }
.attempt q, .said { font-style: italic; padding-left: 0.8rem; border-left: 3px solid var(--line); }
.text, .diff { white-space: pre-wrap; }
.diff del { background: var(--bad-wash); color: var(--bad); }
.diff ins { background: var(--good-wash); color: var(--good); text-decoration: none; font-weight: 600; }
.lanes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 0.8rem; }
.lanes > * { margin: 0; }
ul.card { padding-left: 2.2rem; }
.gauge { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.8rem; align-items: center; }
meter { width: 100%; height: 0.9rem; }
.changed { background: var(--person-wash); color: var(--person); padding: 0.4rem 0.8rem; border-radius: 8px; margin-bottom: 0.6rem; }
.empty { color: var(--soft); }
@media (max-width: 40rem) { th, td { padding: 0.45rem 0.55rem; } h1 { font-size: 1.4rem; } .live { text-align: left; } }
@media (prefers-contrast: more) { :root { --soft: var(--ink); --line: var(--ink); } }
@media print { header, .live, .decision { display: none; } }
`;
