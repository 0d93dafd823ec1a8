/** A party's provider in a process of its own: told when its day begins, asked for its ledger in the end. */
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { runAsRemote } from '../remote.ts';
import type { Call } from './judge.ts';
import { idIn } from './trace.ts';

export type EmulatorQuestion = 'begin' | 'calls';

runAsRemote<EmulatorOptions, string, EmulatorQuestion, readonly Call[]>(async (options) => {
  const emulator = await startEmulator(options);
  return {
    ready: emulator.url,
    answer: (question) => {
      if (question === 'begin') emulator.reset();
      if (emulator.totals().dropped > 0) throw new Error('the ledger was too small for the run');
      return emulator.calls().map((entry): Call => {
        const at = Date.parse(entry.at);
        const { model = '', status, decision, billed, usd, delivered, durationMs, prompt } = entry;
        return {
          at,
          ...(durationMs === undefined ? {} : { endedAt: at + durationMs }),
          ask: idIn(prompt),
          ...{ model, status, decision, billed, usd },
          whole: delivered === 'whole',
        };
      });
    },
    close: () => emulator.close(),
  };
});
