/** What every handler works with: the options and the emulator's whole state. */
import { FaultBook } from './faults/book.ts';
import { Ledger } from './ledger.ts';
import type { ResolvedEmulatorOptions } from './options.ts';
import { Gallery } from './picture/gallery.ts';
import { QuotaWindows } from './quota-windows.ts';

export interface EmulatorContext {
  readonly options: ResolvedEmulatorOptions;
  readonly ledger: Ledger;
  readonly faults: FaultBook;
  readonly quota: QuotaWindows;
  readonly gallery: Gallery;
  echoKey: boolean;
}

export function createContext(options: ResolvedEmulatorOptions): EmulatorContext {
  return {
    options,
    ledger: new Ledger(options.ledgerLimit),
    faults: new FaultBook(options.seed, options.faults),
    quota: new QuotaWindows({
      limits: options.limits,
      form: options.quota,
      rejectedCount: options.rejectedCount,
      timeScale: options.timeScale,
    }),
    gallery: new Gallery(options.cacheBytes),
    echoKey: options.echoKey,
  };
}

/** Back to the start: ledger, quota use, counts and faults; drawn pictures stay. */
export function resetContext(context: EmulatorContext): void {
  context.ledger.reset();
  context.faults.reset();
  context.quota.reset();
  context.echoKey = context.options.echoKey;
}
