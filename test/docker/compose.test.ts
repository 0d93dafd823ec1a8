/**
 * docker-compose.yml and Dockerfile against each other and against what the programs in them read:
 * no engine is needed, nothing is built.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseS3Url } from '../../src/artifacts/s3-url.ts';
import { ENVIRONMENT } from '../../src/cli/environment.ts';
import { DEFAULT_CONSOLE_PORT } from '../../src/console/server.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { run } from '../../src/dev/run.ts';
import { ROOT } from '../support/root.ts';
import { S3_SERVER_VERSION } from '../support/s3-program.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly profiles?: readonly string[];
}

const text = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const compose = parse(await text('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const dockerfile = await text('Dockerfile');
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] ?? {};
const ours = services.filter(([, { build }]) => build !== undefined);
const known = new Set<string>(ENVIRONMENT.map(({ name }) => name));

/** The part of the Dockerfile from `FROM … AS target` to the next `FROM`. */
function stage(target: string): string {
  const [, found] =
    new RegExp(`^FROM \\S+ AS ${target}\\n([^]*?)(?=^FROM |$(?![^]))`, 'm').exec(dockerfile) ?? [];
  return found ?? '';
}

/** `http://emulator:8787` or `temporal:7233` → host and port. */
function target(address: string): { host: string; port: string } {
  const [host = '', port = ''] = address.replace(/^\w+:\/\//, '').split(':');
  return { host, port };
}

describe('docker-compose.yml', () => {
  it('has Temporal on PostgreSQL with its UI, the emulator and a worker, and more for who asks', () => {
    const expected = ['postgresql', 'temporal-schema', 'temporal', 'temporal-setup', 'temporal-ui'];
    const asked = ['console', 's3', 'prometheus', 'grafana'];
    expect(Object.keys(compose.services)).toEqual([...expected, 'emulator', 'worker', ...asked]);
    expect(services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name)).toEqual(
      asked,
    );
  });

  it('publishes on the loopback interface only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published).toHaveLength(7);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('every foreign image is pinned to a version', () => {
    const images = services.flatMap(([, { image }]) => image ?? []);
    expect(images).toHaveLength(services.length - ours.length);
    for (const image of images) expect(image).toMatch(/:v?\d+(\.\d+){0,2}$/);
  });

  it('each service waits only for what exists and can answer', () => {
    const waits = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
    expect(waits).toHaveLength(9);
    for (const [name, { condition, required = true }] of waits) {
      const awaited = service(name);
      // Who does not ask for a profile must not have to wait for its services.
      expect(required, name).toBe(awaited.profiles === undefined);
      expect(awaited, name).not.toEqual({});
      const ends = awaited.entrypoint?.[0] === '/bin/sh';
      expect(condition, name).toBe(ends ? 'service_completed_successfully' : 'service_healthy');
      const health =
        awaited.healthcheck !== undefined || stage(awaited.build?.target ?? '').includes('HEALTHCHECK');
      expect(ends || health, `${name} has no health check`).toBe(true);
    }
  });

  it('named volumes are declared, and two folders of the repository are mounted, read-only', () => {
    const sources = services.flatMap(([, { volumes = [] }]) => volumes);
    const named = sources.filter((volume) => !['./docker:/docker:ro', './ops:/ops:ro'].includes(volume));
    expect([...new Set(named.map((volume) => volume.split(':')[0]))].sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
  });

  it('the scripts and files used from that folder are there', async () => {
    const used = services.flatMap(([, { entrypoint = [], command = [], environment = {} }]) =>
      [...entrypoint, ...command, environment['DYNAMIC_CONFIG_FILE_PATH'] ?? ''].flatMap(
        (word) => /\/docker\/.*/.exec(word) ?? [],
      ),
    );
    expect(used).toHaveLength(4);
    for (const path of used) expect((await text(path.slice(1))).length, path).toBeGreaterThan(0);
  });

  it('every address names a service and a port that it serves', () => {
    const served = new Map([
      ['temporal', service('temporal').ports?.[0]?.split(':')[2]],
      ['emulator', service('emulator').environment?.['GEMINI_IMAGES_EMULATOR_PORT']],
      ['postgresql', '5432'],
    ]);
    for (const [name, { environment = {} }] of services) {
      for (const variable of ['TEMPORAL_ADDRESS', 'GEMINI_IMAGES_EMULATOR_URL']) {
        const address = environment[variable];
        if (address === undefined) continue;
        const { host, port } = target(address);
        expect(served.get(host), `${variable} of ${name}`).toBe(port);
      }
      if (environment['POSTGRES_SEEDS'] !== undefined)
        expect(served.has(environment['POSTGRES_SEEDS'])).toBe(true);
    }
  });

  it('the published port of the emulator is the one it listens on', () => {
    const { ports, environment } = service('emulator');
    expect(ports?.[0]?.split(':')[2]).toBe(environment?.['GEMINI_IMAGES_EMULATOR_PORT']);
    expect(stage('emulator')).toContain(`EXPOSE ${environment?.['GEMINI_IMAGES_EMULATOR_PORT']}`);
  });

  it('one password for the database, one PostgreSQL user, everywhere', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      ['POSTGRES_PASSWORD', 'POSTGRES_PWD', 'SQL_PASSWORD'].flatMap((name) => environment[name] ?? []),
    );
    expect(secrets).toHaveLength(3);
    expect(new Set(secrets).size).toBe(1);
    expect(
      new Set(services.flatMap(([, { environment }]) => environment?.['POSTGRES_USER'] ?? [])).size,
    ).toBe(1);
  });
});

describe.each(ours)('our service %s', (name, { build, command = [], environment = {} }) => {
  it('is built from a target of the Dockerfile', () => {
    expect(stage(build?.target ?? '')).not.toBe('');
  });

  it('sets only variables that the commands read', () => {
    for (const variable of Object.keys(environment)) expect(known, variable).toContain(variable);
  });

  it('runs a command of the CLI, as the image does by itself, perhaps with more options', async () => {
    const [, own = '[]'] = /^CMD (.+)$/m.exec(stage(build?.target ?? '')) ?? [];
    const words = JSON.parse(own.replaceAll('", "', '","')) as readonly string[];
    expect(words.length).toBeGreaterThan(0);
    expect(command.slice(0, words.length)).toEqual(words);
    const help = await run(process.execPath, [join(ROOT, 'src/cli/main.ts'), ...command, '--help'], {
      deadlineMs: 30_000,
    });
    expect(help).toMatchObject({ kind: 'exited', code: 0 });
    expect(JSON.stringify(help)).toContain(name);
  });
});

describe('Dockerfile', () => {
  it('every stage copies from a stage that exists', () => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, stageName]) => stageName);
    for (const [, from] of dockerfile.matchAll(/--from=(\S+)/g)) expect(stages).toContain(from);
  });

  it('runs as a user, not as root, and keeps the store where that user may write', () => {
    expect(stage('runtime')).toMatch(/chown node:node \/var\/lib\/gemini-images[^]*USER node/);
    expect(service('worker').environment?.['GEMINI_IMAGES_STORE']).toBe(
      '${WORKER_STORE:-/var/lib/gemini-images}',
    );
    expect(service('worker').volumes).toContain('artifacts:/var/lib/gemini-images');
  });

  it('reads only variables that the commands read', async () => {
    const inFile = [...dockerfile.matchAll(/GEMINI_\w+|TEMPORAL_\w+/g)].map(([variable]) => variable);
    const inHealth = [...(await text('docker/worker-health.mjs')).matchAll(/process\.env\.(\w+)/g)];
    for (const variable of [...inFile, ...inHealth.map(([, one = '']) => one)])
      expect(known).toContain(variable);
  });

  it('what it copies is not kept out by .dockerignore', async () => {
    const allowed = (await text('.dockerignore'))
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []));
    const { files } = JSON.parse(await text('tsconfig.json')) as { files: unknown };
    expect(files).toEqual([]);
    for (const needed of [
      'src',
      'activities',
      'workflows',
      'docker',
      'package-lock.json',
      'tsconfig*.json',
    ]) {
      expect(allowed).toContain(needed);
    }
  });
});

describe('the S3 server', () => {
  const server = service('s3');

  it('is the one that the tests of the store run against', () => {
    expect(server.image).toBe(`versity/versitygw:v${S3_SERVER_VERSION}`);
  });

  it('has the bucket and the port of the URLs in the comment, and the credentials of the worker', async () => {
    const urls = [...(await text('docker-compose.yml')).matchAll(/s3:\/\/[^'\s,]+/g)].map(([url]) =>
      parseS3Url(url),
    );
    expect(urls.map(({ endpoint }) => endpoint)).toEqual(['http://s3:7070', 'http://127.0.0.1:7070']);
    const [data] = server.command?.slice(1) ?? [];
    for (const { bucket } of urls) expect(server.volumes).toContain(`s3:${data}/${bucket}`);
    expect(server.environment?.['VGW_PORT']).toBe(':7070');
    expect(server.ports).toEqual(['127.0.0.1:7070:7070']);
    const { environment = {} } = service('worker');
    expect(environment['AWS_ACCESS_KEY_ID']).toBe(server.environment?.['ROOT_ACCESS_KEY']);
    expect(environment['AWS_SECRET_ACCESS_KEY']).toBe(server.environment?.['ROOT_SECRET_KEY']);
  });

  it('the package that a store on it needs is in the image', async () => {
    const { peerDependencies } = JSON.parse(await text('package.json')) as { peerDependencies: object };
    expect(Object.keys(peerDependencies)).toContain('@aws-sdk/client-s3');
    expect(await text('docker/production-manifest.mjs')).toContain('...peerDependencies');
  });
});

describe('the console', () => {
  const room = service('console');

  it('has the workers’ queue, server and store', () => {
    const worker = service('worker');
    for (const name of Object.keys(room.environment ?? {}).filter((each) => !each.includes('CONSOLE')))
      expect(room.environment?.[name], name).toBe(worker.environment?.[name]);
    expect(room.volumes).toEqual(worker.volumes);
  });

  it('is opened by tokens that nobody knows from this file', () => {
    expect(room.environment).toMatchObject({
      GEMINI_IMAGES_CONSOLE_TOKEN: '${CONSOLE_TOKEN:-}',
      GEMINI_IMAGES_CONSOLE_READER_TOKEN: '${CONSOLE_READER_TOKEN:-}',
    });
  });

  it('is published where it listens, is looked at, and says that it is opened', () => {
    expect(room.ports).toEqual([`127.0.0.1:${DEFAULT_CONSOLE_PORT}:${DEFAULT_CONSOLE_PORT}`]);
    const image = stage('console');
    expect(image).toContain(`EXPOSE ${DEFAULT_CONSOLE_PORT}`);
    expect(image).toContain(`http://127.0.0.1:${DEFAULT_CONSOLE_PORT}/login`);
    expect(room.command).toContain(`\${CONSOLE_URL:-http://127.0.0.1:${DEFAULT_CONSOLE_PORT}}`);
  });
});

it('the setup script registers every search attribute of the contract', async () => {
  const [, names = ''] = /^for name in (.+); do$/m.exec(await text('docker/temporal-setup.sh')) ?? [];
  expect(names.split(' ')).toEqual(Object.keys(SEARCH_ATTRIBUTES));
});

it('a stopped worker has longer than the longest call to end it', () => {
  const minutes = Number(service('worker').stop_grace_period?.replace('m', ''));
  const LONGEST_CALL_MINUTES = 10;
  expect(minutes).toBeGreaterThan(LONGEST_CALL_MINUTES);
});
