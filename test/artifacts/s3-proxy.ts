/**
 * Stands before the real S3 server and has its bad days: answers late, loses answers after the server has
 * done its work, breaks off in the middle of an object, changes bytes, refuses.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

export type Fault =
  | 'none'
  /** Takes the request and says nothing. */
  | 'silence'
  /** The server does its work, the answer is lost with the connection. */
  | 'lost-answer'
  /** The headers and the first bytes of the body, then silence. */
  | 'stalled-body'
  /** The headers and the first bytes of the body, then the connection is cut. */
  | 'cut-body'
  /** What arrives is not what was sent. */
  | 'changed-bytes'
  | { readonly status: number; readonly code: string };

export interface S3Proxy {
  readonly endpoint: string;
  /** What came, as `PUT /bucket/key?query`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

const FIRST_BYTES = 1_000;

export async function startS3Proxy(
  endpoint: string,
  faultOf: (request: IncomingMessage) => Fault,
): Promise<S3Proxy> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const fault = faultOf(request);
    if (fault === 'silence') return;
    if (typeof fault === 'object') {
      request.resume().on('end', () => refuse(response, fault.status, fault.code));
      return;
    }
    // The headers as they are, the host too: they are signed.
    const { method, headers, url } = request;
    const onward = httpRequest(endpoint + url, { method, headers }, (answer) => {
      if (fault === 'lost-answer') {
        answer.resume().on('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault === 'none' || fault === 'changed-bytes') answer.pipe(response);
      else {
        answer.once('data', (chunk: Buffer) => {
          response.write(chunk.subarray(0, FIRST_BYTES), () => {
            answer.destroy();
            if (fault === 'cut-body') response.destroy();
          });
        });
      }
    });
    onward.on('error', () => response.destroy());
    if (fault === 'changed-bytes') request.pipe(changing()).pipe(onward);
    else request.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changing(): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      chunk[0] = (chunk[0] ?? 0) ^ 1;
      done(null, chunk);
    },
  });
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>made up by a test</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}
