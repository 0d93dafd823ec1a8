/** What is wrong with a configuration is told by field and cure, and no address or secret is repeated. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CATALOGUE } from '../../src/domain/catalogue.ts';
import { EVENT_TYPES } from '../../src/domain/notification.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import { readNotifications } from '../../src/schema/webhooks.ts';
import { webhooksOf } from '../../src/webhooks/settings.ts';

const env = { OPS: 'a-secret-that-is-long-enough-to-sign' };
const ops = { name: 'ops', url: 'https://hooks.example.com/T0K3N', secretEnv: 'OPS' };

const read = (webhook: object, more: object = {}) =>
  webhooksOf(readNotifications({ webhooks: [{ ...ops, ...webhook }], ...more }), { env });

describe('webhooks as they are configured', () => {
  it('all events, ten seconds, the secret from the environment', () => {
    const { all, secrets } = read({});
    expect(all).toMatchObject([{ name: 'ops', url: ops.url, events: EVENT_TYPES, timeoutMs: 10_000 }]);
    expect(secrets).toContain(env.OPS);
  });

  it('several secrets while one is being replaced', () => {
    expect(
      webhooksOf({ webhooks: [ops] }, { env: { OPS: `${env.OPS} ${env.OPS}-new` } }).all[0]?.keys,
    ).toHaveLength(2);
  });

  it.each([
    [{ url: 'hooks.example.com' }, /webhooks\[0\]\.url: is no URL: give one/],
    [{ url: 'http://hooks.example.com/T0K3N' }, /webhooks\[0\]\.url: is http to another machine: give https/],
    [{ url: 'https://ann:pw@hooks.example.com/' }, /url: carries a user or a password: leave them out/],
    [{ url: 'ftp://hooks.example.com/T0K3N' }, /url: is neither https nor http/],
    [{ name: 'a b' }, /name: must be 1 to 40 letters/],
    [{ events: ['doen'] }, /events\[0\]: must be one of stuck, done/],
    [{ event: ['done'] }, /webhooks\[0\]\.event: is not known; check its spelling/],
    [{ timeoutMs: 1 }, /timeoutMs/],
    [{ tags: ['shop'], events: ['done', 'hold-opened'] }, /tags: are of requests, which hold-opened is not/],
    [{ routes: ['eu'], events: ['budget-80'] }, /routes: are named, and budget-80 is about none/],
    [{ secretEnv: undefined }, /secretEnv: is missing: name the environment variable/],
    [{ secret: env.OPS }, /secretEnv: and secret are both given/],
    [{ secretEnv: 'NOBODY' }, /the variable NOBODY is not set/],
    [{ secretEnv: undefined, secret: 'short' }, /webhooks\[0\]\.secret has 5 bytes, too few/],
  ])('%j is refused', (webhook, words) => {
    expect(() => read(webhook)).toThrow(words);
    expect(() => read(webhook)).not.toThrow(/T0K3N|ann:pw|long-enough/);
  });

  it.each(['http://127.0.0.1:9/x', 'http://localhost/x', 'http://[::1]:9/'])('%s needs no leave', (url) => {
    expect(read({ url }).all[0]?.url).toBe(url);
  });

  it('http to another machine where its operator says so, and a name only once', () => {
    expect(read({ url: 'http://hooks.internal/', allowInsecure: true }).all).toHaveLength(1);
    expect(() => readNotifications({ webhooks: [ops, ops] })).toThrow(/webhooks\[1\]\.name: ops is taken/);
    expect(read({}, { consoleUrl: 'https://console.example.com/' }).consoleUrl).toBe(
      'https://console.example.com',
    );
  });
});

it('a worker refuses a webhook of a route that nothing has', () => {
  const given = (routes: readonly [string, ...string[]]) => ({
    apiKey: 'emulated-key-0123456789',
    store: '/nowhere',
    notifications: { webhooks: [{ name: 'ops', url: ops.url, secret: env.OPS, routes: [...routes] }] },
  });
  expect(() => resolveOptions(given(['default', DEFAULT_CATALOGUE[0]?.model ?? '']))).not.toThrow();
  expect(() => resolveOptions(given(['defualt']))).toThrow(/webhook ops names the route defualt/);
});
