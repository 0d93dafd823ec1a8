/**
 * What some servers are that call themselves S3-compatible: it stores and serves objects and pays no heed to
 * `If-None-Match`. Just enough of S3 for a probe.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CarelessServer {
  readonly endpoint: string;
  close(): void;
}

export async function startCarelessServer(): Promise<CarelessServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const { method, url = '' } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (method === 'PUT') objects.set(url, Buffer.concat(chunks));
      if (method === 'DELETE') objects.delete(url);
      const found = method === 'GET' || method === 'HEAD' ? objects.get(url) : Buffer.alloc(0);
      response.writeHead(found === undefined ? 404 : 200).end(found);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
