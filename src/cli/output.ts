/** Results go to standard output, everything else to standard error; no key goes to either (I7). */
import { once } from 'node:events';
import { styleText } from 'node:util';
import { withoutSecrets } from './secrets.ts';

type Format = Parameters<typeof styleText>[0];

export function print(text: string): void {
  process.stdout.write(`${withoutSecrets(text)}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** One of many lines: waits while the reader is slower than we are. */
export async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${withoutSecrets(text)}\n`)) await once(process.stdout, 'drain');
}

export function say(text: string): void {
  process.stderr.write(`${withoutSecrets(text)}\n`);
}

/** Coloured on a terminal only; NO_COLOR and FORCE_COLOR are honoured. */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(format, text, { stream });
}

/** A reader that left (`| head`) is no error of ours. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
