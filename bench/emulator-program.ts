/** The emulator, in a process of its own as the provider is. */
import type { EmulatorOptions } from '../src/emulator/index.ts';
import { startEmulator } from '../src/emulator/index.ts';
import { runAsChild } from './child.ts';

export interface EmulatorReady {
  readonly url: string;
}

runAsChild<EmulatorOptions, EmulatorReady>(async (options) => {
  const emulator = await startEmulator(options);
  return { ready: { url: emulator.url }, close: () => emulator.close() };
});
