/** A real HTTP server on the loopback address whose answer each test writes, and its request log. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export class ImageServer {
  /** `host path` of each request. */
  readonly seen: string[] = [];
  handler: Handler = (_request, response) => void response.end();
  readonly #server = createServer((request, response) => {
    this.seen.push(`${request.headers.host} ${request.url}`);
    this.handler(request, response);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async connections(): Promise<number> {
    return await new Promise((resolve) => this.#server.getConnections((_error, count) => resolve(count)));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function answer(
  body: Uint8Array | string,
  headers: Record<string, string | number> = {},
  status = 200,
): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'image/png', ...headers });
    response.end(body);
  };
}

export function redirect(to: string, status = 302): Handler {
  return (_request, response) => {
    response.writeHead(status, { location: to });
    response.end();
  };
}
