/** The generated parts of docs/operations.md: what to do about each alert and each branch, and every metric. */
import type { EnvironmentVariable } from '../../src/cli/environment.ts';
import { ENVIRONMENT } from '../../src/cli/environment.ts';
import { METRICS } from '../../src/contract/metrics.ts';
import { BRANCH_FACTS } from '../../src/domain/branch-facts.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { BRANCHES, isStopBranch } from '../../src/domain/branch.ts';
import type { Owner, ReasonFacts } from '../../src/domain/reason.ts';
import { REASONS } from '../../src/domain/reason.ts';
import type { BranchPolicy } from '../../src/policies/policy.ts';
import { POLICIES } from '../../src/policies/index.ts';
import { remedyWords } from '../branch-table.ts';
import type { Alert } from './alert.ts';
import { ALERTS } from './alerts.ts';
import { withGenerated } from './generated.ts';

export function withOperations(text: string): string {
  const blocks: readonly (readonly [string, string])[] = [
    ['alerts', ALERTS.map(alertSection).join('\n\n')],
    ['branches', BRANCHES.map(branchSection).join('\n\n')],
    ['metrics', metricTable()],
    ['settings', settingTable()],
  ];
  return blocks.reduce((done, [name, content]) => withGenerated(done, name, content), text);
}

/** `GeminiImagesQuotaNearLimit` → `Alert: quota near limit`, whose anchor is that of `anchorOf`. */
function alertSection({ name, severity, expr, for: lasting, about, moves }: Alert): string {
  const words = name
    .slice('GeminiImages'.length)
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ')
    .toLowerCase();
  const when = lasting === '0m' ? 'at once' : `for ${lasting}`;
  return [
    `### Alert: ${words}`,
    '',
    `\`${name}\`, ${severity}, ${when}. ${about}`,
    '',
    ...moves.map((move, i) => `${i + 1}. ${move}`),
    '',
    '<details><summary>expression</summary>',
    '',
    '```promql',
    expr,
    '```',
    '',
    '</details>',
  ].join('\n');
}

const OWNERS: Readonly<Record<Owner, string>> = {
  caller: 'whoever sent the request',
  operator: 'you',
  provider: 'Google',
  gateway: 'whoever runs the proxy or relay',
  nobody: 'nobody',
};

function branchSection(branch: Branch): string {
  const { title, toldBy } = BRANCH_FACTS[branch];
  const policy = POLICIES[branch];
  const reasons = Object.entries(REASONS[branch] as Readonly<Record<string, ReasonFacts>>);
  const after = policy.remedies.map(remedyWords).join(' · ') || 'nothing: it ends';
  const stop = isStopBranch(branch) ? '; the same path is never retried' : '';
  return [
    `### Branch: ${branch}`,
    '',
    `*${title}*`,
    '',
    `- **You see** ${toldBy}. ${sight(branch, policy)}`,
    `- **It does by itself**: same path: ${policy.samePath}${stop}. After ${proofWords(policy)}, each only if allowed: ${after}.`,
    `- **You**: ${commands(policy)}`,
    '',
    '| reason | level | who ends it | what to do |',
    '|---|---|---|---|',
    ...reasons.map(
      ([reason, { owner, alertLevel, userAction }]) =>
        `| \`${reason}\` | ${alertLevel} | ${OWNERS[owner]} | ${userAction.replaceAll('|', '\\|')} |`,
    ),
  ].join('\n');
}

function proofWords({ numbers: { proof } }: BranchPolicy): string {
  return proof === 1 ? 'the first attempt, which is proof' : `${proof} attempts in a row, which are proof`;
}

/** In the Temporal UI, in `list`, and in the console. */
function sight(branch: Branch, { hold, remedies }: BranchPolicy): string {
  const query = `\`GeminiBranch = '${branch}'\``;
  if (hold !== undefined)
    return `Phase \`held\`, for everything of this ${hold}, or \`awaiting-operator\`; ${query}.`;
  const waits = remedies.includes('queue')
    ? 'Phase `backing-off`, again and again while it queues'
    : undefined;
  if (remedies.includes('wait-for-reset')) return `Phase \`waiting\` until midnight Pacific; ${query}.`;
  if (waits !== undefined) return `${waits}; ${query}.`;
  if (remedies.includes('operator')) return `Phase \`awaiting-operator\` once it is proved; ${query}.`;
  if (remedies.includes('return')) return `A dead letter at once; ${query}.`;
  return `It ends as cancelled in Temporal; ${query} where a call was under way.`;
}

function commands(policy: BranchPolicy): string {
  const { hold, remedies } = policy;
  const all = [
    ...(hold === undefined
      ? []
      : [
          '`gemini-images routes` shows the hold; once its cause is gone, `gemini-images routes resume HOLD --by … --why …`',
          'until then what is urgent may leave: `gemini-images approve --cause … --route … --until 2h --max-cost 20 --why …`',
        ]),
    ...(remedies.includes('operator')
      ? ['`gemini-images list --stuck`, then `approve`, `reject` or `retry`, as the question offers']
      : []),
    ...(remedies.includes('return')
      ? [
          'its caller changes the request: `gemini-images retry ID --change FIELD=VALUE --why …` brings it back',
        ]
      : []),
  ];
  return `${all.length === 0 ? 'nothing' : all.join('; ')}.${page(policy)}`;
}

/** Of the web console. */
function page({ hold, remedies }: BranchPolicy): string {
  if (hold !== undefined || remedies.includes('operator')) return ' Console: *Now*.';
  return remedies.includes('return') ? ' Console: *Dead letters*.' : '';
}

function settingTable(): string {
  const variables: readonly EnvironmentVariable[] = ENVIRONMENT;
  const rows = variables.map(({ name, default: usual, description, secret }) => {
    const value = secret === true ? 'secret' : usual === undefined ? '' : `\`${usual}\``;
    return `| \`${name}\` | ${value} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | what |', '|---|---|---|', ...rows].join('\n');
}

function metricTable(): string {
  const rows = Object.values(METRICS).map(({ name, kind, labels, help }) => {
    const all = labels.map((label) => `\`${label}\``).join(' ');
    return `| \`${name}\` | ${kind} | ${all} | ${help} |`;
  });
  return ['| metric | kind | labels | what |', '|---|---|---|---|', ...rows].join('\n');
}
