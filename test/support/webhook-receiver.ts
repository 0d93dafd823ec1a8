/** A real HTTP server that takes webhooks, answers as it is told, and remembers what came. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { verifyWebhook } from '../../src/webhooks/verify.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

/** `hang`: never answers. */
export type Answer = number | 'hang' | ((response: ServerResponse) => void);

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What every request that comes is answered with, from now on. */
  answer: Answer;
  /** Instead, by what came. */
  choose: ((received: Received) => Answer) | undefined;
  /** Events that came with a good signature, in their order; throws for one that had none. */
  events(secret: string): readonly NotificationEvent[];
  close(): Promise<void>;
}

export async function startReceiver(first: Answer = 204): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const got = {
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        path: request.url ?? '',
      };
      received.push(got);
      const answer = receiver.choose?.(got) ?? receiver.answer;
      if (answer === 'hang') return;
      if (typeof answer === 'function') answer(response);
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: first,
    choose: undefined,
    events: (secret) =>
      received.map(({ headers, body }) => verifyWebhook({ headers, body, secret, toleranceMs: Infinity })),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
