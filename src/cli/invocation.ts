/** Command lines to paste: as this program was started, from a checkout or installed. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** `GEMINI_IMAGES_STORE=/data npm run -s gemini-images -- show 'id with spaces'` */
export function commandLine(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const program = FROM_SOURCE ? ['npm', 'run', '-s', 'gemini-images', '--'] : ['npx', 'gemini-images'];
  const settings = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...settings, ...program, ...args.map(quoted)].join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
