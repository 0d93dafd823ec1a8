/** Tells the moment when a request's first byte goes out: until then nothing can have been billed. */
import type { Dispatcher } from 'undici';
import { DecoratorHandler } from 'undici';

/** Before a connection stands, nothing can have been billed; from the first byte on it can. */
export function markingSend(dispatcher: Dispatcher, onSend: () => void): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) => dispatch(options, new SendMarker(handler, onSend)),
  );
}

// undici's types leave the methods of the handler out.
const decorated = DecoratorHandler.prototype as unknown as Required<Dispatcher.DispatchHandler>;

class SendMarker extends DecoratorHandler {
  private readonly onSend: () => void;

  constructor(handler: Dispatcher.DispatchHandler, onSend: () => void) {
    super(handler);
    this.onSend = onSend;
  }

  onRequestStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestStart']>>): void {
    this.onSend();
    decorated.onRequestStart.call(this, ...args);
  }
}
