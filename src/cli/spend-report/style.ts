/** The report's looks: figures first, each plot above its table; light, dark and on paper. */
import { PALETTE } from '../../words/palette.ts';
import { PLOT_STYLE } from '../../words/plots.ts';

export const REPORT_STYLE = `${PALETTE}${PLOT_STYLE}
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; padding: clamp(1.2rem, 4vw, 3rem) clamp(0.8rem, 4vw, 3rem) 4rem; }
header, main { max-width: 60rem; margin-inline: auto; }
h1 { font-size: clamp(1.4rem, 4vw, 2rem); letter-spacing: -0.02em; line-height: 1.2; }
header > p { color: var(--soft); margin-top: 0.35rem; }
.coverage { list-style: none; padding: 0; margin-top: 0.9rem; }
.coverage li { background: var(--person-wash); color: var(--person); border-radius: 6px; padding: 0.25rem 0.7rem; margin-top: 0.3rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2.2rem; margin: 1.4rem 0 1.8rem; }
dt { color: var(--soft); font-size: 0.8rem; }
dd { font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.2; }
dd small { font-size: 0.85rem; color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.2rem clamp(0.8rem, 3vw, 1.5rem); margin-bottom: 1.2rem; }
h2 { font-size: 1.15rem; margin-bottom: 0.6rem; }
h3 { font-size: 1rem; margin-top: 0.9rem; display: flex; gap: 0.6rem; align-items: baseline; flex-wrap: wrap; }
section > p { color: var(--soft); margin-bottom: 0.7rem; }
.advice ul { padding-left: 1.1rem; color: var(--soft); }
.tag { font-size: 0.78rem; font-weight: 600; padding: 0.1rem 0.55rem; border-radius: 999px; background: var(--change-wash); color: var(--change); }
.worth-it { background: var(--good-wash); color: var(--good); }
.too-few { background: var(--person-wash); color: var(--person); }
.scroll { overflow-x: auto; }
.scroll + .scroll { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: 0.8rem; padding-bottom: 0.3rem; }
th, td { text-align: right; padding: 0.3rem 0.6rem; border-top: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; padding-left: 0; }
thead th { color: var(--soft); font-weight: 500; border-top: 0; }
tbody th { font-weight: 500; }
.warns td, .warns th { color: var(--person); font-weight: 600; }
@media print { section { break-inside: avoid; } }
`;
