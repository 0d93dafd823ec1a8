/**
 * SIGINT and SIGTERM as one wish to stop. The first resolves `asked`; a further Ctrl-C calls `again`,
 * a further SIGTERM changes nothing (an orchestrator that is in a hurry sends SIGKILL).
 */
/** A terminal and npm each pass on one Ctrl-C, so the second comes at once and means nothing. */
const ECHO_MS = 500;

export interface StopSignal {
  readonly asked: Promise<NodeJS.Signals>;
  release(): void;
}

export function onStopSignal(again: () => void): StopSignal {
  let first: number | undefined;
  let resolve: (signal: NodeJS.Signals) => void;
  const asked = new Promise<NodeJS.Signals>((settle) => {
    resolve = settle;
  });
  const listener = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now();
      resolve(signal);
    } else if (signal === 'SIGINT' && performance.now() - first > ECHO_MS) again();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    asked,
    release: () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
