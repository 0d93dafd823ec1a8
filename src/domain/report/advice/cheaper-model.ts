/** Whether drafts should be made by a model that costs less: by what images really cost here, failures included. */
import type { Line } from '../line.ts';
import { usdOfNanos } from '../../tally.ts';
import type { CheaperModel, Given, ModelPrice } from './finding.ts';
import { shareOf } from './finding.ts';

/** Images of each from which on their prices compare. */
const ENOUGH_IMAGES = 20;
/** It must cost this much of the other, at most, and fail hardly more often. */
const CHEAP = 0.7;
const MORE_FAILURES = 0.1;

export function cheaperModel({ figures: { lines, turns } }: Given): CheaperModel {
  const byMoney = Object.entries(lines.model)
    .filter(([, { images }]) => images >= ENOUGH_IMAGES)
    .toSorted(([, a], [, b]) => b.sureNanos - a.sureNanos);
  const [main, ...others] = byMoney.map(priceOf);
  const cheaper = others.toSorted((a, b) => a.usdPerImage - b.usdPerImage)[0];
  const known = main !== undefined && cheaper !== undefined;
  const saved = known ? Math.max(0, main.usdPerImage - cheaper.usdPerImage) : 0;
  const pays =
    known &&
    cheaper.usdPerImage <= CHEAP * main.usdPerImage &&
    cheaper.failedShare <= main.failedShare + MORE_FAILURES;
  return {
    id: 'cheaper-model',
    verdict: known ? (pays ? 'worth-it' : 'not-now') : 'too-few',
    ...(main === undefined ? {} : { main }),
    ...(cheaper === undefined ? {} : { cheaper }),
    savedPerImageUsd: saved,
    turns,
  };
}

function priceOf([model, line]: readonly [string, Line]): ModelPrice {
  return {
    model,
    images: line.images,
    usdPerImage: line.images === 0 ? 0 : usdOfNanos(line.sureNanos) / line.images,
    failedShare: shareOf(line.failed, line.calls),
  };
}
