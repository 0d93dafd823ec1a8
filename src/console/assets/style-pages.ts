/** The looks of sessions and dead letters, after those of the frame. */
export const PAGES_STYLE = `
.lead { font-size: 1.05rem; max-width: 60rem; }
.filters { margin-bottom: 1rem; }
.filters a { padding: 0.25rem 0.8rem; border: 1px solid var(--line); }
.covers { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1.2rem; }
.covers li { box-shadow: var(--shadow); background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; padding-bottom: 0.8rem; }
.covers li > * + * { margin: 0.4rem 0.9rem 0; }
.cover { display: block; color: var(--ink); text-decoration: none; }
.cover img, .cover .blank { width: 100%; height: auto; aspect-ratio: 4 / 3; object-fit: cover; display: block; background: var(--paper); }
.cover strong { display: block; margin: 0.7rem 0.9rem 0; }
.cover:hover strong { text-decoration: underline; }
.blank { display: flex; flex-direction: column; gap: 0.5rem; align-items: center; justify-content: center; text-align: center; color: var(--soft); background: var(--paper); padding: 1.2rem; }
.blank.bad { background: var(--bad-wash); color: var(--bad); }
.frame { display: grid; grid-template-columns: minmax(0, 20rem) minmax(0, 1fr); background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; box-shadow: var(--shadow); }
.frame .picture { background: var(--paper); }
.frame .picture img { display: block; width: 100%; height: auto; }
.frame .picture .blank { min-height: 9rem; height: 100%; }
.frame .words { padding: 1rem 1.2rem; min-width: 0; }
.frame .words > * + * { margin-top: 0.5rem; }
.frame .said { font-size: 1.1rem; font-style: normal; padding: 0; border: 0; }
.covers .said { padding: 0; border: 0; font-style: normal; color: var(--soft); font-size: 0.95rem; }
.frame.undone { border-style: dashed; background: transparent; }
.frame.undone .picture img { opacity: 0.5; filter: grayscale(0.7); }
.beside > span + span::before { content: '· '; }
.beside > .tag + span::before { content: ''; }
.warning { padding-left: 0.7rem; border-left: 3px solid var(--person); font-size: 0.9rem; }
.letters { list-style: none; padding: 0; margin-top: 0.8rem; display: grid; gap: 0.6rem; }
.letters li { border-top: 1px solid var(--line); padding-top: 0.6rem; }
.pages { display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem; color: var(--soft); font-size: 0.9rem; }
progress { width: 100%; max-width: 40rem; height: 0.9rem; accent-color: var(--change); }
@media (max-width: 40rem) { .frame { grid-template-columns: minmax(0, 1fr); } }
`;
