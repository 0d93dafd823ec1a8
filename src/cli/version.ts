/** The package's version; the file lies elsewhere from a built program's point of view. */
import { readFileSync } from 'node:fs';

export function packageVersion(): string {
  const path = new URL(import.meta.resolve('temporal-gemini-images/package.json'));
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}
