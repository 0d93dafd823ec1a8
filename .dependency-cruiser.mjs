/**
 * The walls of the import graph: who may import whom. A folder that is missing here may import
 * nothing; a direction that is missing here is forbidden. `npm run walls` holds the tree against it,
 * test/walls/directions.test.ts holds it against fixtures that must fail, one for each rule.
 */
import { fileURLToPath } from 'node:url';

const SANDBOX = [
  'src/domain',
  'src/policies',
  'src/contract',
  'src/governor',
  'src/sessions',
  'src/lane',
  'workflows',
];
const ADAPTERS = ['src/gemini', 'src/openai', 'src/artifacts', 'src/quota', 'src/webhooks'];
const PRODUCT = [
  ...['src/domain', 'src/policies', 'src/contract', 'src/governor', 'src/sessions', 'src/lane', 'src/schema'],
  ...ADAPTERS,
  'src/client',
];

/** @type {Readonly<Record<string, readonly string[]>>} */
export const MAY_IMPORT = {
  'src/domain': [],
  'src/policies': ['src/domain'],
  'src/contract': ['src/domain'],
  // Pure like the policies: the durable entities' reducers, and what a broker shares with them.
  'src/governor': ['src/domain', 'src/policies', 'src/contract'],
  'src/sessions': ['src/domain', 'src/contract'],
  'src/lane': ['src/domain', 'src/contract'],
  workflows: ['src/domain', 'src/policies', 'src/contract', 'src/governor', 'src/sessions', 'src/lane'],
  'src/schema': ['src/domain', 'src/contract'],
  'src/gemini': ['src/domain'],
  // It speaks through Gemini's port and transport, and fetches what an answer links to as inputs are.
  'src/openai': ['src/domain', 'src/gemini', 'src/artifacts'],
  'src/artifacts': ['src/domain'],
  'src/quota': ['src/domain', 'src/contract', 'src/governor'],
  // Knows nothing but spans: who traces says what of.
  'src/tracing': [],
  // Both sides of a webhook: who sends it, and the verifier that receivers import.
  'src/webhooks': ['src/domain', 'src/schema'],
  // Never policies: an activity reports, the workflow decides.
  activities: ['src/domain', 'src/contract', 'src/schema', 'src/tracing', ...ADAPTERS],
  // The client stores long prompts and images before the start, so it has the store too.
  'src/client': ['src/domain', 'src/contract', 'src/schema', 'src/artifacts', 'src/tracing'],
  'src/plugin': [...PRODUCT, 'workflows', 'activities'],
  'src/worker': [...PRODUCT, 'workflows', 'activities', 'src/plugin'],
  'src/emulator': ['src/domain', 'src/schema'],
  'src/dev': ['src/domain', 'src/contract'],
  // How people read a duration or a session, and what is shared by whoever writes a page. Pure.
  'src/words': ['src/domain', 'src/contract'],
  'src/console': ['src/domain', 'src/contract', 'src/schema', 'src/client', 'src/words'],
  // The commands `worker` and `dev` run a worker in this process, `emulator` and `dev` the emulator:
  // the one place where these are imported by a program instead of being one.
  'src/cli': [
    ...['src/domain', 'src/contract', 'src/schema', 'src/artifacts', 'src/client', 'src/console'],
    ...[
      'src/plugin',
      'src/worker',
      'src/emulator',
      'src/dev',
      'src/words',
      'src/index.ts',
      'src/diagnose.ts',
    ],
    // What is printed is redacted as what is kept (I7).
    'src/gemini/redactor.ts',
    // `webhooks test` sends as workers do.
    'src/webhooks',
  ],
  'src/index.ts': [
    ...['src/domain', 'src/contract', 'src/schema', 'src/artifacts', 'src/client', 'src/webhooks'],
  ],
  'src/diagnose.ts': ['src/domain', 'src/schema'],
  'src/testing.ts': [...PRODUCT, 'workflows', 'activities', 'src/plugin', 'src/worker', 'src/dev'],
};

const TREE = '^(src|workflows|activities|test|bench|scripts)/';

/** `src/domain` → what lies in it; `src/index.ts` → that file. */
const inside = (place) => (place.endsWith('.ts') ? `^${place.replace('.', '\\.')}$` : `^${place}/`);
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
/** `src/index.ts` → `index`, `src/domain` → `domain` */
const nameOf = (place) => place.replace('src/', '').replace('.ts', '');

const directions = Object.entries(MAY_IMPORT).map(([place, allowed]) => ({
  name: `direction-${nameOf(place)}`,
  comment: `${place} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: inside(place) },
  to: { path: TREE, pathNot: [place, ...allowed].map(inside) },
}));

export default {
  forbidden: [
    ...directions,
    {
      name: 'unknown-place',
      comment: 'Add the new folder and its directions to MAY_IMPORT.',
      severity: 'error',
      from: { path: '^src/', pathNot: Object.keys(MAY_IMPORT).map(inside) },
      to: {},
    },
    {
      name: 'pure-code-imports-nothing',
      comment: 'What decides runs in the sandbox, the client and the CLI alike: no Node, no npm.',
      severity: 'error',
      from: { path: ['src/domain', 'src/policies', 'src/governor', 'src/sessions', 'src/lane'].map(inside) },
      to: { pathNot: TREE },
    },
    {
      name: 'sandbox-imports-temporal-only',
      comment: 'Workflow code gets only @temporalio/workflow and @temporalio/common into its bundle.',
      severity: 'error',
      from: { path: SANDBOX.map(inside) },
      to: { pathNot: [TREE, npm('@temporalio/workflow', '@temporalio/common')] },
    },
    {
      name: 'client-without-native-code',
      comment: 'A web server imports the client: no worker, no native module, however far down.',
      severity: 'error',
      from: { path: inside('src/index.ts') },
      to: { path: npm('@temporalio/(worker|core-bridge|testing)', 'sharp', '@img'), reachable: true },
    },
    {
      name: 'diagnose-without-temporal',
      comment: 'A verdict needs no server: `diagnose` starts at once and loads no Temporal code.',
      severity: 'error',
      from: { path: inside('src/diagnose.ts') },
      to: { path: npm('@temporalio', '@google/genai'), reachable: true },
    },
    {
      name: 'genai-behind-its-port',
      comment: 'Only src/gemini knows the SDK; a value import of it in a workflow dies at load.',
      severity: 'error',
      from: { path: TREE, pathNot: ['^(test|bench|scripts)/', inside('src/gemini')] },
      to: { path: npm('@google/genai') },
    },
    {
      name: 'openai-behind-the-port',
      comment: 'Only src/openai knows the SDK, which is an optional peer: it is loaded with the first call.',
      severity: 'error',
      from: { path: TREE, pathNot: ['^(test|bench|scripts)/', inside('src/openai')] },
      to: { path: npm('openai') },
    },
    {
      name: 'no-cycles',
      comment: 'Not even among types: a cycle is two nouns in one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'A user installs dependencies and peers, not what we develop with.',
      severity: 'error',
      from: { path: TREE, pathNot: '^(test|bench|scripts)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'type-only'],
      },
    },
    {
      name: 'resolvable',
      comment: 'The module is not there: a typing error, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: fileURLToPath(new URL('tsconfig.node.json', import.meta.url)) },
    // Types too: the direction of a wall does not depend on whether a name survives compilation.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
