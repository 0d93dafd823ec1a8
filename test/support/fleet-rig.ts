/**
 * A rig whose workers share one quota through the project's governor: a namespace of its own, so that
 * nobody else's process serves its governor, a provider with 20 s minutes, and eyes on windows and histories.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { isGrpcDeadlineError, ServiceError } from '@temporalio/client';
import type { GovernorView, ModelLimits } from '../../src/contract/exchange.ts';
import { ENTITY_QUERIES, governorWorkflowId } from '../../src/contract/names.ts';
import type { RunningWorker, StartWorkerOptions } from '../../src/worker/run.ts';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { lentEntities } from './lent-bundle.ts';
import { eventually } from './eventually.ts';
import type { GovernorHistory } from './governor-history.ts';
import { governorHistory } from './governor-history.ts';
import type { Server } from './namespaces.ts';
import { ownNamespace } from './namespaces.ts';
import type { ProcessSettings, Rig } from './rig.ts';
import { startRig } from './rig.ts';
import type { Windows } from './windows.ts';
import { refusals, windowsOf } from './windows.ts';
import type { WorkerProcess } from './worker-process.ts';

/** The cheapest picture there is: the quota is tested here, not the drawing. */
export const REQUEST = {
  prompt: 'a red fox in fresh snow',
  model: 'gemini-3.1-flash-image',
  size: '512',
} as const;
export const MODEL: string = REQUEST.model;

/** The provider's minute is 20 s. */
const SCALE = 1 / 3;
export const WINDOW_MS = 60_000 * SCALE;
/** Generations started at a time: more, and a busy server answers too late. */
const BATCH = 8;

export interface FleetRigOptions {
  /** What the provider lets through, in each of its minutes. */
  readonly provider?: ModelLimits;
  /** What the workers' configuration says; null: nothing, it is learned. @default as the provider */
  readonly configured?: ModelLimits | null;
  readonly emulator?: EmulatorOptions;
  /** The provider's window over a real minute. @default a third */
  readonly scale?: number;
  /** @default a namespace of its own on the shared dev server */
  readonly server?: Server;
}

export interface FleetRig extends Rig {
  fleetProcess(settings?: ProcessSettings): Promise<WorkerProcess>;
  fleetWorker(options?: Partial<StartWorkerOptions>): Promise<RunningWorker>;
  /** Starts so many generations; resolves with their ids. */
  begin(count: number): Promise<readonly string[]>;
  /** Resolves once so many calls, in all, have reached the provider. */
  reached(calls: number): Promise<void>;
  windows(): Windows;
  refused(): number;
  readonly governorId: string;
  governor(): WorkflowHandle;
  view(): Promise<GovernorView>;
  history(): Promise<GovernorHistory>;
}

export async function startFleetRig(options: FleetRigOptions = {}): Promise<FleetRig> {
  const { provider, configured = provider ?? null, scale = SCALE } = options;
  const server = options.server ?? (await ownNamespace());
  const { codePath } = await lentEntities();
  const rig = await startRig({
    server,
    emulator: {
      // The harshest provider: any window counts, and so does what it refuses.
      ...{ quota: 'sliding', rejectedCount: true, timeScale: scale, latencyMs: { meanMs: 200, spread: 0.5 } },
      ...(provider === undefined ? {} : { limits: { [MODEL]: provider } }),
      ...options.emulator,
    },
  });
  const fleet = {
    quota: 'fleet',
    quotaWindowScale: scale,
    entityBundle: { codePath },
    ...(configured === null ? {} : { limits: { [MODEL]: configured } }),
  } as const;
  const governorId = governorWorkflowId(`google/custom/default/${rig.emulator.url}`);
  const governor = (): WorkflowHandle => rig.client.workflow.getHandle(governorId);
  return {
    ...rig,
    governorId,
    governor,
    fleetProcess: (settings = {}) => rig.workerProcess({ ...fleet, ...settings }),
    fleetWorker: (given = {}) => rig.worker({ ...fleet, ...given }),
    begin: async (count) => {
      const ids: string[] = [];
      while (ids.length < count) {
        const batch = Array.from({ length: Math.min(BATCH, count - ids.length) }, () =>
          rig.images.start(REQUEST),
        );
        ids.push(...(await Promise.all(batch)).map(({ id }) => id));
      }
      return ids;
    },
    reached: async (calls) => {
      await eventually(`${calls} calls`, () => rig.calls().length >= calls);
    },
    windows: () => windowsOf(rig.calls(), MODEL, 60_000 * scale),
    refused: () => refusals(rig.calls()).length,
    view: () =>
      eventually('an answer of the governor', () =>
        governor().query<GovernorView>(ENTITY_QUERIES.governor).catch(unanswered),
      ),
    history: () => governorHistory(rig.client, governorId),
  };
}

/** No worker had time for it: asked again. Whatever else it is, is thrown. */
function unanswered(error: unknown): undefined {
  if (error instanceof ServiceError && isGrpcDeadlineError(error.cause)) return undefined;
  throw error;
}
