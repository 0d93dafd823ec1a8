/** *Generation*: where it stands in one sentence, what is asked, its images, and everything that was tried. */
import { html } from '../html.ts';
import { definePage } from '../page.ts';
import { GENERATION_ACTIONS } from './generation/actions.ts';
import { attemptSection } from './generation/attempts.ts';
import { decisionSection } from './generation/decisions.ts';
import { imageSection } from './generation/images.ts';
import type { GenerationData } from './generation/load.ts';
import { loadGeneration } from './generation/load.ts';
import { moveSection } from './generation/moves.ts';
import { promptSection } from './generation/prompt.ts';
import { questionSection } from './generation/question.ts';
import { requestSection } from './generation/request.ts';
import { statusSection } from './generation/status.ts';
import { waySection } from './generation/ways.ts';

export const generationPage = definePage<GenerationData>({
  path: '/generations/:id',
  load: loadGeneration,
  view: (data, viewer) => ({
    title: `Generation ${data.id}`,
    content: html`${statusSection(data, viewer)}${questionSection(data, viewer)}${imageSection(data)}${promptSection(data)}${attemptSection(data, viewer)}${waySection(data)}${moveSection(data, viewer)}${decisionSection(data, viewer)}${requestSection(data, viewer)}`,
  }),
  actions: GENERATION_ACTIONS,
});
