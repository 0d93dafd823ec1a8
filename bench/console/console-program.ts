/** The console as a process of its own, as its users run it. */
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { startConsole } from '../../src/console/server.ts';
import { runAsChild } from '../child.ts';

export interface ConsoleSettings {
  readonly address: string;
  readonly namespace: string;
  /** Directory of the artifacts. */
  readonly store: string;
}

export interface ConsoleReady {
  readonly url: string;
}

runAsChild<ConsoleSettings, ConsoleReady>(async ({ address, namespace, store }) => {
  const images = await GeminiImages.connect({ address, namespace, store: new FileArtifactStore(store) });
  const server = await startConsole({ images, port: 0 });
  return {
    ready: { url: server.url },
    close: async () => {
      await server.close();
      await images.close();
    },
  };
});
