/** Sets this process's clock off by `clockOffsetMs` of its settings, before anything else is loaded. */
import type { WorkerSettings } from './worker-settings.ts';
import { SETTINGS_VARIABLE } from './worker-settings.ts';

const { clockOffsetMs = 0 } = JSON.parse(process.env[SETTINGS_VARIABLE] ?? '{}') as Partial<WorkerSettings>;
const TrueDate = Date;
const now = (): number => TrueDate.now() + clockOffsetMs;

globalThis.Date = new Proxy(TrueDate, {
  construct: (date, given: unknown[], made) =>
    Reflect.construct(date, given.length === 0 ? [now()] : given, made) as Date,
  apply: () => new TrueDate(now()).toString(),
  get: (date, name) => (name === 'now' ? now : (Reflect.get(date, name) as unknown)),
});
