/** CPU time by program: unlike a rate it says the same on a machine that has other work. Linux only: empty elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

const PROGRAMS = ['workers-program', 'emulator-program', 'temporal'] as const;
const NAMES = { 'workers-program': 'worker', 'emulator-program': 'emulator', temporal: 'server' } as const;
/** Linux counts in hundredths of a second wherever Node runs. */
const TICK_MS = 10;

/** Milliseconds so far of this process and of what it started, by what they are here. */
export type CpuAccount = Readonly<Record<string, number>>;

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly ms: number;
}

export function cpuAccount(): CpuAccount {
  const all = processes();
  const own = new Set([process.pid]);
  // Children come after their parents only until the pids wrap around.
  for (let before = 0; before !== own.size;) {
    before = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  const account: Record<string, number> = {};
  for (const { pid, command, ms } of all) {
    if (!own.has(pid)) continue;
    const program = PROGRAMS.find((name) => pid !== process.pid && command.includes(name));
    const name = program === undefined ? 'client' : NAMES[program];
    account[name] = (account[name] ?? 0) + ms;
  }
  return account;
}

/** What each took between two accounts, for each of `times`. */
export function perEach(from: CpuAccount, to: CpuAccount, times: number): CpuAccount {
  return Object.fromEntries(
    Object.entries(to).map(([name, ms]) => [name, (ms - (from[name] ?? 0)) / times] as const),
  );
}

function processes(): readonly Running[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The second field is the program's name in brackets, which may hold blanks.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number) as [
        number,
        number,
        number,
      ];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return [{ pid: Number(name), parent, command, ms: (user + system) * TICK_MS }];
    } catch {
      return [];
    }
  });
}
