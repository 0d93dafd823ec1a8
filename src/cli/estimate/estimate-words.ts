/** An estimate for people and as one JSON object. */
import type { Advice } from '../../domain/advice/index.ts';
import type { EstimatedRung, Latency } from '../../domain/estimate.ts';
import { durationWords } from '../../words/duration.ts';
import { paint } from '../output.ts';
import type { EstimatedRequest } from './estimate-request.ts';

export interface WholeEstimate extends EstimatedRequest {
  readonly advice: readonly Advice[];
  /** Inputs by URL, whose size is not known. */
  readonly unseenInputs: number;
  readonly taskQueue: string;
  /** Generations of the task queue that are open now; undefined where no server told it. */
  readonly open: number | undefined;
}

const ROUTES_OUT =
  'other routes are known to the workers only; one that the request does not name needs an approval';

export function estimateJson({
  request,
  estimate,
  warnings,
  advice,
  unseenInputs,
  taskQueue,
  open,
}: WholeEstimate): object {
  const { ladder, ...figures } = estimate;
  const [asked] = ladder;
  return {
    outcome: 'estimate',
    model: asked?.model,
    size: asked?.sizes[0],
    ...figures,
    ladder,
    maxCostUsd: request.maxCostUsd ?? null,
    wouldAsk: request.routeOut === 'ask' ? ROUTES_OUT : null,
    queue: { taskQueue, openGenerations: open ?? null },
    unseenInputs,
    warnings,
    advice,
  };
}

export function estimateWords(whole: WholeEstimate): string {
  const { request, estimate, warnings, advice, unseenInputs } = whole;
  const { likelyUsd, worstCallUsd, worstUsd, paidCalls, capped, ladder, notAllowed, latency } = estimate;
  const [asked] = ladder;
  const calls = paidCalls === 1 ? '1 call that may be billed' : `${paidCalls} calls that may be billed`;
  const bound = capped ? 'bounded by --max-cost-usd' : `${calls}, each at the dearest place allowed`;
  return [
    `${paint('bold', 'estimate')}  ${asked?.model}, ${asked?.sizes[0]}; nothing was sent`,
    `  likely    ${usd(likelyUsd)}  one call as asked, at the list price of its image`,
    `  one call  ${usd(worstCallUsd)}  at worst, drafts and thinking included`,
    `  at worst  ${usd(worstUsd)}  ${bound}`,
    `  latency   ${latencyWords(latency)}`,
    `  queue     ${queueWords(whole)}`,
    ...(unseenInputs === 0
      ? []
      : [
          `  note      ${unseenInputs} input${unseenInputs === 1 ? '' : 's'} by URL: fetched by the worker, of unknown size`,
        ]),
    ...warnings.map((warning) => `  warning   ${warning}`),
    'ladder, in this order, each step only after proof',
    ...table(ladder.map(rungCells)).flatMap((line, i) => [
      `  ${line}`,
      ...(ladder[i]?.changes ?? []).map((change) => `    ${change}`),
    ]),
    ...(request.routeOut === 'ask' ? ['would be asked', `  ${ROUTES_OUT}`] : []),
    ...(notAllowed.length === 0 ? [] : ['not allowed', ...ungivenLines(whole)]),
    ...(advice.length === 0 ? [] : ['advice', ...advice.map(({ message }) => `  ${message}`)]),
  ].join('\n');
}

function latencyWords(latency: Latency): string {
  const load = 'without load; under load 1 to 5 min have been seen';
  switch (latency.kind) {
    case 'measured':
      return `${durationWords(latency.ms)} a call ${load}`;
    case 'between':
      return `${durationWords(latency.fromMs)} to ${durationWords(latency.toMs)} a call ${load}`;
    case 'unknown':
      return 'not measured for this model and size';
  }
}

function queueWords({ open, taskQueue }: WholeEstimate): string {
  if (open === undefined) return 'not known: no Temporal server told it in time';
  const generations = open === 1 ? '1 generation is' : `${open} generations are`;
  return `${generations} open on task queue ${taskQueue} now, at work or waiting; not a time`;
}

function rungCells({
  kind,
  model,
  tier,
  sizes,
  likelyUsd,
  worstUsd,
  upload,
}: EstimatedRung): readonly string[] {
  const places = [kind, model, tier, sizes.join(' → ')];
  return [...places, `${usd(likelyUsd)}, at worst ${usd(worstUsd)}`, upload ? 'inputs as files' : ''];
}

function ungivenLines({ estimate }: WholeEstimate): readonly string[] {
  return table(estimate.notAllowed.map(({ field, adds }) => [field, adds])).map((line) => `  ${line}`);
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function usd(amount: number): string {
  return `${amount.toFixed(3)} USD`;
}
