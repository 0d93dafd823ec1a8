/** Every page of the console. `page.ts` says how to add one. */
import type { AnyPage } from './page.ts';
import { generationPage } from './pages/generation.ts';
import { nowPage } from './pages/now.ts';
import { spendPage } from './pages/spend.ts';

export const PAGES: readonly AnyPage[] = [nowPage, generationPage, spendPage];
