/** The emulator, in a process of its own as the provider is. */
import { startEmulator } from '../../src/emulator/index.ts';
import { runAsChild } from '../child.ts';

export interface EmulatorSettings {
  readonly latencyMs: number;
}

runAsChild<EmulatorSettings, { readonly url: string }>(async ({ latencyMs }) => {
  const emulator = await startEmulator({ latencyMs });
  return { ready: { url: emulator.url }, close: () => emulator.close() };
});
