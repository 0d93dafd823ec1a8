/** *Now*: what needs somebody, causes first; then what is slow, what runs, and how full the quotas are. */
import { html } from '../html.ts';
import { definePage } from '../page.ts';
import { NOW_ACTIONS } from './now/actions.ts';
import { causeSections } from './now/causes.ts';
import { laneSection } from './now/lanes.ts';
import { runningSection, stuckSection } from './now/lists.ts';
import type { NowData } from './now/load.ts';
import { loadNow } from './now/load.ts';
import { quotaSections } from './now/quotas.ts';
import { standingSections } from './now/standing.ts';
import { totalsSection } from './now/totals.ts';

export const nowPage = definePage<NowData>({
  path: '/',
  navigation: 'now',
  load: loadNow,
  view: (data, viewer) => ({
    title: 'Now',
    content: html`${totalsSection(data, viewer)}${causeSections(data, viewer)}${standingSections(data, viewer)}${stuckSection(data, viewer)}${runningSection(data, viewer)}${laneSection(data, viewer)}${quotaSections(data, viewer)}`,
  }),
  actions: NOW_ACTIONS,
});
