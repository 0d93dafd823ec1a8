/** The baselines: as many processes as ours, each with its own part of the requests. */
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../test/support/python-venv.ts';
import type { Remote } from '../remote.ts';
import { startRemote } from '../remote.ts';
import type { CallerKind, CallersQuestion, CallersSettings } from './callers-program.ts';
import type { Outcome } from './judge.ts';
import { NPM_PACKAGES, npmWith, PYTHON_MINIMUM, PYTHON_PACKAGES } from './packages.ts';
import type { Party, PartyName, Place, Running } from './party.ts';
import { startPython } from './python.ts';
import type { Ask } from './trace.ts';
import { FALLBACKS, PRIMARY, SCALE } from './trace.ts';

type Caller = Pick<Remote<unknown, CallersQuestion, readonly Outcome[]>, 'ask' | 'kill'>;
type Start = (asks: readonly Ask[], place: Place) => Promise<Caller>;

export function callers(kind: CallerKind, processes: number): Party {
  return party(kind, processes, async () => {
    const packages = kind === 'aiSdk' ? await npmWith(NPM_PACKAGES) : undefined;
    return (asks, { baseUrl, images }) => {
      const settings: CallersSettings = { kind, baseUrl, asks, images, packages };
      return startRemote(new URL('./callers-program.ts', import.meta.url), settings);
    };
  });
}

export function litellm(processes: number): Party {
  return party('litellm', processes, async () => {
    const python = await pythonWith(PYTHON_PACKAGES, PYTHON_MINIMUM);
    const program = fileURLToPath(new URL('./litellm-program.py', import.meta.url));
    return (asks, { baseUrl, images }) =>
      startPython(python, program, { baseUrl, asks, images, scale: SCALE, models: [PRIMARY, ...FALLBACKS] });
  });
}

function party(name: PartyName, processes: number, install: () => Promise<Start>): Party {
  return {
    name,
    prepare: async (asks, place): Promise<Running> => {
      const start = await install();
      const started = await Promise.all(
        Array.from({ length: processes }, (_, process) =>
          start(
            asks.filter((ask) => ask.process === process),
            place,
          ),
        ),
      );
      const askAll = async (question: CallersQuestion): Promise<readonly Outcome[]> =>
        (await Promise.all(started.map((caller) => caller.ask(question)))).flat();
      return {
        begin: async (startAt) => {
          await askAll({ kind: 'begin', startAt });
        },
        outcomes: () => askAll({ kind: 'outcomes' }),
        stop: async () => {
          await Promise.all(started.map((caller) => caller.kill()));
        },
      };
    },
  };
}
