/** A provider with one latency, a worker and a client, each as far from the others as in life: by HTTP and gRPC. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { DevServer } from '../../src/dev/server.ts';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import { startChild } from '../child.ts';
import type { EmulatorReady } from '../emulator-program.ts';
import { startRemote } from '../remote.ts';
import type { WorkerMemory, WorkerQuestion, WorkerSettings } from './worker-program.ts';

export interface Place {
  readonly server: DevServer;
  readonly client: Client;
  /** For files; removed at the end. */
  readonly directory: string;
  /** File with the bundled workflows. */
  readonly bundle: string;
}

export interface Stage {
  readonly images: GeminiImages;
  readonly store: ArtifactStore;
  readonly client: Client;
  workerMemory(): Promise<WorkerMemory>;
}

/** Longer than any turn here takes on a busy machine. */
export const TURN_DEADLINE_MS = 60_000;

export async function bundledIn(directory: string): Promise<string> {
  const logger = new DefaultLogger('ERROR');
  const { code } = await bundleWorkflowCode({ workflowsPath: ourWorkflowsPath(), logger });
  const path = join(directory, 'workflows.js');
  await writeFile(path, code);
  return path;
}

/** Ends what it started, however `act` ends. */
export async function onStage<T>(
  { server, client, directory, bundle }: Place,
  options: EmulatorOptions,
  act: (stage: Stage) => Promise<T>,
): Promise<T> {
  const emulator = await startChild<EmulatorReady>(
    new URL('../emulator-program.ts', import.meta.url),
    options,
  );
  try {
    const taskQueue = `bench-session-${randomUUID()}`;
    const place = join(directory, taskQueue);
    const { address, namespace } = server;
    const settings: WorkerSettings = {
      ...{ address, namespace, taskQueue, bundle },
      ...{ emulatorUrl: emulator.ready.url, store: place },
    };
    const worker = await startRemote<'ready', WorkerQuestion, WorkerMemory>(
      new URL('./worker-program.ts', import.meta.url),
      settings,
    );
    try {
      const store = new FileArtifactStore(place);
      const images = new GeminiImages({ client, store, taskQueue });
      return await act({ images, store, client, workerMemory: () => worker.ask('memory') });
    } finally {
      await worker.stop();
    }
  } finally {
    await emulator.stop();
  }
}
