/** *Spend*: what it cost, what was wasted, how budgets stand, and what to do about it. */
import { html } from '../html.ts';
import { definePage } from '../page.ts';
import { adviceSection } from './spend/advice.ts';
import { budgetSection } from './spend/budgets.ts';
import { daySection, modelSection, periodSection, sumSection, wasteSection } from './spend/figures.ts';
import type { SpendData } from './spend/load.ts';
import { loadSpend } from './spend/load.ts';

export const spendPage = definePage<SpendData>({
  path: '/spend',
  navigation: 'spend',
  load: loadSpend,
  view: (data, viewer) => ({
    title: 'Spend',
    content: html`${periodSection(data, viewer)}${sumSection(data)}${budgetSection(data, viewer)}${modelSection(data)}${daySection(data)}${wasteSection(data)}${adviceSection(data)}`,
  }),
});
