/** The report on a terminal: what fails, what it costs, which limits bind, and what to do, with the numbers. */
import { BRANCH_FACTS } from '../../domain/branch-facts.ts';
import { isBranch } from '../../domain/branch.ts';
import type { Finding } from '../../domain/report/advice/finding.ts';
import { findingWords } from '../../domain/report/advice-words.ts';
import { coverageWords } from '../../domain/report/coverage-words.ts';
import {
  countWords,
  hourWords,
  shareWords,
  timeWords,
  usdWords,
  wholeWords,
} from '../../domain/report/number-words.ts';
import type {
  FailureLine,
  HourLine,
  QuotaLine,
  Report,
  SpendLine,
  WaitLine,
} from '../../domain/report/report.ts';
import { waitWords } from '../../domain/report/wait-words.ts';
import { paint } from '../output.ts';

const MOST_FAILURES = 12;
const MOST_TENANTS = 10;
const BAR = 20;

export function reportLines(report: Report): readonly string[] {
  const { failures, hours, spend, waits, quotas, advice } = report;
  return [
    ...headLines(report),
    ...section('What fails', failures.slice(0, MOST_FAILURES).map(failureLine)),
    ...more(failures.length - MOST_FAILURES, 'kind of failure', 'kinds of failure'),
    ...section('By hour of the day, UTC', hourLines(hours)),
    ...section('What it costs, by model and tier', spend.byModel.map(spendLine)),
    ...section('By day', spend.byDay.map(spendLine)),
    ...tenantLines(spend.byTenant),
    ...section('What generations waited for', waits.map(waitLine)),
    ...section('Limits at the moment', quotas.map(quotaLine)),
    ...section('Advice', advice.flatMap(findingLines)),
  ];
}

function headLines(report: Report): readonly string[] {
  const { total, since, until } = report;
  const { generations, delivered, dead, cancelled, images, calls, failed } = total;
  const perImage = total.usdPerImage === undefined ? '' : `, ${usdWords(total.usdPerImage)} an image`;
  const possible = total.possibleUsd === 0 ? '' : `, and possibly ${usdWords(total.possibleUsd)} more`;
  return [
    paint(
      'bold',
      `From ${isoWords(since)} to ${isoWords(until)}: ${countWords(generations, 'generation')} ended`,
    ),
    `${wholeWords(delivered)} delivered ${countWords(images, 'image')}, ${wholeWords(dead)} died, ${wholeWords(cancelled)} were cancelled`,
    `${countWords(calls, 'call')}, ${wholeWords(failed)} of them failed`,
    `${usdWords(total.sureUsd)} for sure${perImage}${possible}`,
    `Wasted on calls that failed: ${usdWords(total.wastedSureUsd)} for sure, ${usdWords(total.wastedPossibleUsd)} possibly`,
    ...(total.availability === undefined ? [] : [`Availability: ${shareWords(total.availability)}`]),
    ...coverageWords(report).map((line) => paint('yellow', line)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines.map((line) => `  ${line}`)];
}

function more(n: number, one: string, many: string): readonly string[] {
  return n <= 0 ? [] : [`  and ${countWords(n, one, many)} more: --json has them all`];
}

function failureLine(line: FailureLine): string {
  const { key, branch, calls, shareOfCalls, generations, shareOfGenerations } = line;
  const wasted = line.wastedSureUsd + line.wastedPossibleUsd;
  const title = isBranch(branch) ? ` (${BRANCH_FACTS[branch].title})` : '';
  return (
    `${key.padEnd(30)} ${countWords(calls, 'call')}, ${shareWords(shareOfCalls)} of all; ` +
    `${countWords(generations, 'generation')}, ${shareWords(shareOfGenerations)}` +
    `${wasted === 0 ? '' : `; wasted ${usdWords(wasted)}`}${title}`
  );
}

function hourLines(hours: readonly HourLine[]): readonly string[] {
  return hours
    .filter(({ calls }) => calls > 0)
    .map(({ hour, calls, failed, failedShare }) => {
      const bar = '█'.repeat(Math.round(failedShare * BAR)).padEnd(BAR, '·');
      return `${hourWords(hour)}  ${bar}  ${shareWords(failedShare).padStart(7)} of ${countWords(calls, 'call')} failed (${failed})`;
    });
}

function spendLine({ key, images, calls, sureUsd, possibleUsd, usdPerImage, ...line }: SpendLine): string {
  const wasted = line.wastedSureUsd + line.wastedPossibleUsd;
  return [
    `${key.padEnd(36)} ${usdWords(sureUsd)}`,
    ...(possibleUsd === 0 ? [] : [`possibly ${usdWords(possibleUsd)} more`]),
    countWords(images, 'image'),
    ...(usdPerImage === undefined ? [] : [`${usdWords(usdPerImage)} each`]),
    countWords(calls, 'call'),
    ...(wasted === 0 ? [] : [`wasted ${usdWords(wasted)}`]),
  ].join(', ');
}

function tenantLines(lines: readonly SpendLine[]): readonly string[] {
  if (lines.every(({ key }) => key === '')) return [];
  const named = lines.map((line) => ({ ...line, key: line.key === '' ? '(no tenant)' : line.key }));
  return [
    ...section('By tenant', named.slice(0, MOST_TENANTS).map(spendLine)),
    ...more(named.length - MOST_TENANTS, 'tenant', 'tenants'),
  ];
}

function waitLine({ kind, ms, generations, meanMs }: WaitLine): string {
  return `${waitWords(kind).padEnd(30)} ${timeWords(ms)} in all, ${countWords(generations, 'generation')}, ${timeWords(meanMs)} each`;
}

function quotaLine({ account, model, dimension, used, limit, share, source, warns }: QuotaLine): string {
  const words = `${model} ${dimension}: ${used} of ${limit} (${shareWords(share)}), ${source}, ${account}`;
  return warns ? paint('yellow', `${words} — 80 % or more`) : words;
}

function findingLines(finding: Finding): readonly string[] {
  const { head, lines } = findingWords(finding);
  const colour = finding.verdict === 'worth-it' ? 'green' : 'gray';
  return [paint(colour, head), ...lines.map((line) => `  ${line}`)];
}

/** `2026-11-21 08:00 UTC` */
export function isoWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
