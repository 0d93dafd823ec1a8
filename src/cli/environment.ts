/**
 * Every environment variable the commands read, in one list: `--help`, `docker-compose.yml` and the
 * operations page are held against it. Read them through `setting`, so that a name that is not listed
 * does not compile.
 *
 * Temporal's own variables are read by `@temporalio/envconfig`, those of AWS by its SDK; the ones here are
 * those we mention.
 */
import { DEFAULT_TASK_QUEUE } from '../contract/names.ts';

export interface EnvironmentVariable {
  readonly name: string;
  /** One sentence for `--help`. */
  readonly description: string;
  readonly default?: string;
  /** Never printed, not even shortened (I7). */
  readonly secret?: true;
}

export const ENVIRONMENT = [
  {
    name: 'TEMPORAL_ADDRESS',
    description: 'Temporal server, host:port.',
    default: '127.0.0.1:7233',
  },
  { name: 'TEMPORAL_NAMESPACE', description: 'Temporal namespace.', default: 'default' },
  { name: 'TEMPORAL_API_KEY', description: 'Key for Temporal Cloud; turns TLS on.', secret: true },
  {
    name: 'TEMPORAL_CONFIG_FILE',
    description: 'Profile file of Temporal tools, for TLS certificates and more.',
  },
  { name: 'TEMPORAL_PROFILE', description: 'Profile in that file.', default: 'default' },
  {
    name: 'TEMPORAL_CLI_PATH',
    description: 'The `temporal` program for `dev`; found by itself when not set.',
  },
  {
    name: 'GEMINI_API_KEY',
    description:
      'Key of the Gemini API, read by workers only; without it and GEMINI_VERTEX_PROJECT they call the emulator.',
    secret: true,
  },
  { name: 'GEMINI_BASE_URL', description: 'Another endpoint than Google’s, such as a gateway.' },
  {
    name: 'GEMINI_VERTEX_PROJECT',
    description: 'Google Cloud project; its Gemini is the route `vertex`, behind that of GEMINI_API_KEY.',
  },
  { name: 'GEMINI_VERTEX_LOCATION', description: 'Its location.', default: 'global' },
  {
    name: 'GEMINI_VERTEX_KEY_FILE',
    description: 'Key file of its service account; else Application Default Credentials.',
  },
  { name: 'GEMINI_VERTEX_BASE_URL', description: 'Another endpoint than Google’s for it.' },
  {
    name: 'GEMINI_IMAGES_EMULATOR_URL',
    description: 'Emulator that workers without any of these credentials call.',
  },
  {
    name: 'GEMINI_IMAGES_EMULATOR_HOST',
    description: 'Address the emulator listens on; 0.0.0.0 only inside a container.',
    default: '127.0.0.1',
  },
  { name: 'GEMINI_IMAGES_EMULATOR_PORT', description: 'Port the emulator listens on.', default: '8787' },
  {
    name: 'GEMINI_IMAGES_TASK_QUEUE',
    description: 'Task queue of workers and clients.',
    default: DEFAULT_TASK_QUEUE,
  },
  {
    name: 'GEMINI_IMAGES_STORE',
    description:
      'Directory or s3://bucket/prefix of the artifact store, the same for all workers and clients.',
    default: '.gemini-images/artifacts',
  },
  {
    name: 'GEMINI_IMAGES_QUOTA',
    description: 'fleet: workers of a namespace share limits, holds and budgets; local: each for itself.',
    default: 'local',
  },
  {
    name: 'GEMINI_IMAGES_CATALOGUE',
    description: 'JSON file of models that differ from this release: for worker, doctor, estimate, models.',
  },
  {
    name: 'GEMINI_IMAGES_WEBHOOKS',
    description:
      'JSON file of webhooks that workers tell what happens; their secrets are in other variables.',
  },
  {
    name: 'AWS_ACCESS_KEY_ID',
    description: 'Key of an S3 store; a profile or a role of the machine does as well.',
  },
  { name: 'AWS_SECRET_ACCESS_KEY', description: 'Its secret.', secret: true },
  { name: 'AWS_SESSION_TOKEN', description: 'Its token, where the key is temporary.', secret: true },
  { name: 'AWS_REGION', description: 'Region of an S3 store whose URL names none.' },
  {
    name: 'GEMINI_IMAGES_TIME_SCALE',
    description: 'Multiplies the waits that our policies compute, for demonstrations: 0.05 makes 1 min 3 s.',
    default: '1',
  },
  {
    name: 'GEMINI_IMAGES_WINDOW_SCALE',
    description: 'Multiplies the quota windows workers keep, for an emulator that scales its own.',
    default: '1',
  },
  {
    name: 'GEMINI_IMAGES_OPERATOR',
    description: 'Who decides, where `--by` is not given; else the name of the user.',
  },
  {
    name: 'GEMINI_IMAGES_CONSOLE_TOKEN',
    description:
      'Token that opens `console`, at least 16 characters, where neither --token-env nor a proxy does.',
    secret: true,
  },
  {
    name: 'GEMINI_IMAGES_CONSOLE_READER_TOKEN',
    description: 'A second one beside it: it reads and decides nothing.',
    secret: true,
  },
  {
    name: 'GEMINI_IMAGES_METRICS',
    description: 'Address and port at which a worker serves metrics for Prometheus: 127.0.0.1:9464.',
  },
  {
    name: 'GEMINI_IMAGES_LOG',
    description: 'json: a worker logs one object a line, for a log collector.',
    default: 'text',
  },
  { name: 'GEMINI_IMAGES_DEBUG', description: 'Any value: stack traces, and more from the Temporal SDK.' },
  { name: 'NO_COLOR', description: 'Any value: no colours.' },
] as const satisfies readonly EnvironmentVariable[];

export type SettingName = (typeof ENVIRONMENT)[number]['name'];

/** The variable's value, else its default. An empty value counts as not set, as compose files write it. */
export function setting(name: SettingName, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env[name];
  if (given !== undefined && given !== '') return given;
  const variable: EnvironmentVariable | undefined = ENVIRONMENT.find((each) => each.name === name);
  return variable?.default;
}
