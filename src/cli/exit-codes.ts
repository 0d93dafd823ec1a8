/** What the program's exit code says, in one list: `--help` shows it, scripts may rely on it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  generationFailed: 3,
  stillRunning: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANING: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'done; for servers and workers: stopped as asked',
  [EXIT.failed]: 'failed, or some of the input could not be read',
  [EXIT.usage]: 'wrong usage or an invalid request; nothing was started',
  [EXIT.generationFailed]: 'the generation ended unserved; the output says why and who must act',
  [EXIT.stillRunning]: 'the wait is over, the generation goes on; look again with `show`',
  [EXIT.unreachable]: 'server or artifact store not reachable in time',
  [EXIT.interrupted]: 'interrupted; a generation that was started goes on',
};

/** The table for `--help`: all codes, or the ones a command can end with. */
export function exitCodeTable(codes: readonly ExitCode[] = Object.values(EXIT)): string {
  const lines = codes.map((code) => `  ${String(code).padStart(3)}  ${MEANING[code]}`);
  return ['Exit codes:', ...lines].join('\n');
}
