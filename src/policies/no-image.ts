/**
 * A 200 without a usable image. Where only IMAGE was asked, the model could not say why: the one
 * retest asks TEXT+IMAGE. A second blank is a refusal in fact, whatever the finish reason says.
 */
import { MODALITIES } from '../domain/request.ts';
import type { BranchPolicy } from './policy.ts';
import { always, seconds } from './policy.ts';
import { relabel } from './relabel.ts';

export const noImage: BranchPolicy = {
  numbers: { proof: 2, retests: 1, baseMs: seconds(1), factor: 1, capMs: seconds(1), jitter: 0 },
  remedies: ['simplify', 'fallback', 'operator'],
  samePath: 'one; where only IMAGE was asked and the answer is blank, it asks TEXT+IMAGE to hear the reason',
  retestable: always,
  retestChange: (attempt, snapshot) =>
    snapshot.imageOnly &&
    attempt.variation.modalities === undefined &&
    attempt.classification.reason === 'blank'
      ? { modalities: MODALITIES }
      : undefined,
  conclude: (trail, last) => {
    const blanks = trail.filter(
      ({ classification }) => classification?.branch === 'no-image' && classification.reason === 'blank',
    );
    return last.classification.reason === 'blank' && blanks.length > 1
      ? relabel(last.classification, 'no-image', 'refusal')
      : last.classification;
  },
};
