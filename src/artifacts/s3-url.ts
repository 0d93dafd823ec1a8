/**
 * An S3 store as one word, for settings and command lines:
 *
 * ```
 * s3://bucket/prefix?region=eu-central-1
 * s3://bucket/prefix?endpoint=http://127.0.0.1:7070&region=us-east-1&forcePathStyle=true&timeoutMs=60000
 * ```
 * Throws a TypeError that names the field and the cure and does not repeat the URL, in which somebody may
 * have written a secret.
 */
import type { S3ArtifactStoreOptions } from './s3-options.ts';

const FORM = /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/i;
const SHAPE = 's3://bucket/prefix?region=…&endpoint=…';
const FIELDS = ['region', 'endpoint', 'forcePathStyle', 'timeoutMs'] as const;

type Field = (typeof FIELDS)[number];

export function isS3Url(text: string): boolean {
  return /^s3:/i.test(text);
}

export function parseS3Url(url: string): S3ArtifactStoreOptions {
  const [whole, bucket = '', path = '', query = '', fragment] = FORM.exec(url) ?? [];
  if (whole === undefined || fragment !== undefined)
    throw new TypeError(`URL of the S3 store: write ${SHAPE}`);
  checkHost(bucket);
  const { region, endpoint, forcePathStyle, timeoutMs } = fieldsOf(query);
  const prefix = path.replace(/\/$/, '');
  return {
    bucket,
    ...(prefix === '' ? {} : { prefix }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle: booleanOf(forcePathStyle) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs: Number(timeoutMs) }),
  };
}

function checkHost(host: string): void {
  if (host.includes('@')) {
    throw new TypeError(
      'URL of the S3 store: it holds credentials; give them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a profile',
    );
  }
  if (host.includes(':')) {
    throw new TypeError(
      'URL of the S3 store: after s3:// comes the bucket, not a server; write s3://bucket/prefix?endpoint=http://host:port',
    );
  }
}

function fieldsOf(query: string): Partial<Record<Field, string>> {
  const fields: Partial<Record<Field, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const field = FIELDS.find((each) => each === name);
    // Only the name: the value may be somebody's secret key.
    if (field === undefined) {
      throw new TypeError(
        `URL of the S3 store: there is no field ${JSON.stringify(name)}, only ${FIELDS.join(', ')}; credentials come from the environment or a profile`,
      );
    }
    if (value === '' || fields[field] !== undefined)
      throw new TypeError(`${field} of the S3 store: give it once and with a value, or leave it out`);
    fields[field] = value;
  }
  return fields;
}

function booleanOf(text: string): boolean {
  if (text !== 'true' && text !== 'false')
    throw new TypeError('forcePathStyle of the S3 store: give true or false');
  return text === 'true';
}
