/** Text from standard input or a file. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { say } from './output.ts';
import { UsageError } from './usage-error.ts';

export async function readStandardInput(what: string): Promise<string> {
  // Else a user who forgot the argument looks at a program that does nothing.
  if (process.stdin.isTTY) say(`Reading ${what} from standard input; end it with Ctrl-D.`);
  return await text(process.stdin);
}

/** Throws {@link UsageError} that names the option and the file. */
export async function readTextFile(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : message;
    throw new UsageError(`${option}: cannot read ${path}: ${why}`);
  }
}
