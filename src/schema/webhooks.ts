/** The option `notifications`, as the plugin takes it and the command line reads it from a file. */
import { z } from 'zod';
import { BUDGET_EVENTS, EVENT_TYPES, GENERATION_EVENTS } from '../domain/notification.ts';

const LONGEST_TIMEOUT_MS = 60_000;

const has = (types: readonly string[], type: string): boolean => types.includes(type);
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const webhook = z
  .strictObject({
    /** What history, messages and people call it: letters, digits, `-` and `_`. */
    name: z.string().regex(/^[A-Za-z\d][\w-]{0,39}$/, 'must be 1 to 40 letters, digits, - and _'),
    /** https, or http to this machine. It may lead into a private network. */
    url: z.string(),
    /** `whsec_…`; several while one is being replaced, the new one first. */
    secret: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    /** Name of the environment variable that has it. */
    secretEnv: z.string().min(1).optional(),
    /** @default all */
    events: z.array(z.enum(EVENT_TYPES)).min(1).optional(),
    /** Names of routes and models. @default all, and what belongs to none, such as budgets */
    routes: z.array(z.string().min(1)).min(1).max(50).optional(),
    /** Only of generations whose request has one of them. @default everything */
    tags: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
    /** For connecting, headers and the answer together. @default 10000 */
    timeoutMs: z.int().min(100).max(LONGEST_TIMEOUT_MS).optional(),
    /** http to another machine: whoever is between reads and changes what is told. @default false */
    allowInsecure: z.boolean().optional(),
  })
  .superRefine(({ url, secret, secretEnv, allowInsecure, events = [], routes, tags }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const problem = urlProblem(url, allowInsecure === true);
    if (problem !== undefined) issue('url', problem);
    if (secret === undefined && secretEnv === undefined)
      issue('secretEnv', 'is missing: name the environment variable that has the secret');
    if (secret !== undefined && secretEnv !== undefined)
      issue('secretEnv', 'and secret are both given: leave one of them out');
    // Asked for by name and never told: better said now than found out on the bad day.
    const untagged = events.find((type) => !has(GENERATION_EVENTS, type));
    if (tags !== undefined && untagged !== undefined)
      issue('tags', `are of requests, which ${untagged} is not about: give it a webhook of its own`);
    const unrouted = events.find((type) => has(BUDGET_EVENTS, type));
    if (routes !== undefined && unrouted !== undefined)
      issue('routes', `are named, and ${unrouted} is about none: give it a webhook of its own`);
  });

export const notificationsSchema = z.strictObject({
  webhooks: z
    .array(webhook)
    .max(20)
    .superRefine((webhooks, context) => {
      const names = webhooks.map(({ name }) => name);
      names.forEach((name, i) => {
        if (names.indexOf(name) === i) return;
        context.addIssue({
          code: 'custom',
          path: [i, 'name'],
          message: `${name} is taken by another webhook`,
        });
      });
    }),
  /** Where the web console is; events then link to its pages. The links open nothing by themselves. */
  consoleUrl: z
    .string()
    .superRefine((url, context) => {
      const problem = urlProblem(url, true);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .optional(),
});

export type NotificationSettings = z.input<typeof notificationsSchema>;
export type WebhookSettings = NotificationSettings['webhooks'][number];

/** Throws a TypeError that names the field and the cure, and repeats no value: an address may be a secret. */
export function readNotifications(given: unknown, name = 'notifications'): NotificationSettings {
  const parsed = notificationsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TypeError(parsed.error.issues.map((issue) => words(name, issue)).join('; '));
}

function words(name: string, issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  if (issue.code === 'unrecognized_keys')
    return `${name}${path}.${issue.keys.join(', ')}: is not known; check its spelling`;
  if (issue.code === 'invalid_value')
    return `${name}${path}: must be one of ${issue.values.map(String).join(', ')}`;
  return `${name}${path}: ${issue.message}`;
}

function urlProblem(text: string, allowInsecure: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is no URL: give one such as https://hooks.example.com/images';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'is neither https nor http';
  if (username !== '' || password !== '')
    return 'carries a user or a password: leave them out, deliveries are signed instead';
  if (hash !== '') return 'has a part behind #, which is never sent: leave it out';
  if (protocol === 'http:' && !allowInsecure && !LOOPBACK.test(hostname))
    return 'is http to another machine: give https, or allowInsecure: true where the network is trusted';
  return undefined;
}
