/** Every page of the console. `page.ts` says how to add one. */
import type { AnyPage } from './page.ts';
import { deadLettersPage } from './pages/dead-letters.ts';
import { generationPage } from './pages/generation.ts';
import { nowPage } from './pages/now.ts';
import { sessionPage } from './pages/session.ts';
import { sessionsPage } from './pages/sessions.ts';
import { spendPage } from './pages/spend.ts';

export const PAGES: readonly AnyPage[] = [
  nowPage,
  generationPage,
  sessionsPage,
  sessionPage,
  deadLettersPage,
  spendPage,
];
