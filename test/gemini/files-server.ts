/** A server that speaks the Files API as Google does, its resumable upload included, scripted by the test. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAiStudio } from '../../src/gemini/ai-studio.ts';
import type { GeminiPort } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';

export const KEY = 'AIza+Secret/Key=0123456789';
export const UPLOAD_ID = 'AAwnv3-secret_upload-id';

export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface FilesServer {
  readonly port: GeminiPort;
  readonly baseUrl: string;
  readonly requests: Seen[];
  readonly files: Map<string, Record<string, unknown>>;
  /** Takes a request over where it gives true. */
  script: (seen: Seen, response: ServerResponse) => boolean;
  close(): void;
}

export async function startFilesServer(pageSize = 2): Promise<FilesServer> {
  const requests: Seen[] = [];
  const files: FilesServer['files'] = new Map();
  let announced: { mime: unknown; displayName: unknown; size: number } | undefined;
  let received: Buffer[] = [];

  const answer = (seen: Seen, response: ServerResponse): void => {
    const { method, url, headers, body } = seen;
    const json = (status: number, value: unknown, more: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...more });
      response.end(JSON.stringify(value));
    };
    const missing = () =>
      json(403, {
        error: {
          code: 403,
          message: 'You do not have permission to access the File X or it may not exist.',
          status: 'PERMISSION_DENIED',
        },
      });
    if (url.pathname === '/upload/v1beta/files' && headers['x-goog-upload-command'] === 'start') {
      const { file } = JSON.parse(body.toString()) as { file: Record<string, unknown> };
      const size = Number(headers['x-goog-upload-header-content-length']);
      announced = {
        mime: headers['x-goog-upload-header-content-type'],
        displayName: file['displayName'],
        size,
      };
      received = [];
      const query = `key=relays-own-key&upload_id=${UPLOAD_ID}&upload_protocol=resumable`;
      response.writeHead(200, {
        'x-goog-upload-status': 'active',
        'x-goog-upload-url': `https://upload.example/upload/v1beta/files?${query}`,
        'x-goog-upload-chunk-granularity': '262144',
      });
      response.end();
    } else if (url.pathname === '/upload/v1beta/files' && url.searchParams.get('upload_id') === UPLOAD_ID) {
      const offset = received.reduce((sum, { length }) => sum + length, 0);
      if (announced === undefined || Number(headers['x-goog-upload-offset']) !== offset) {
        json(400, { error: { code: 400, message: 'wrong offset', status: 'INVALID_ARGUMENT' } });
        return;
      }
      received.push(body);
      if (headers['x-goog-upload-command'] !== 'upload, finalize') {
        response.writeHead(200, { 'x-goog-upload-status': 'active' }).end();
        return;
      }
      const name = `files/f${files.size + 1}`;
      const file = {
        name,
        displayName: announced.displayName,
        mimeType: announced.mime,
        sizeBytes: String(offset + body.length),
        expirationTime: '2026-11-22T10:00:00.123456Z',
        uri: `${server.baseUrl}/v1beta/${name}`,
      };
      files.set(name, { ...file, state: 'ACTIVE' });
      json(200, { file }, { 'x-goog-upload-status': 'final' });
    } else if (url.pathname === '/v1beta/files' && method === 'GET') {
      const from = Number(url.searchParams.get('pageToken') ?? 0);
      const all = [...files.values()];
      const page = all.slice(from, from + pageSize);
      const next = from + pageSize < all.length ? { nextPageToken: String(from + pageSize) } : {};
      json(200, page.length === 0 ? {} : { files: page, ...next });
    } else {
      const name = url.pathname.replace('/v1beta/', '');
      const file = files.get(name);
      if (file === undefined) missing();
      else if (method === 'DELETE') json(200, files.delete(name) ? {} : {});
      else json(200, file);
    }
  };

  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://server'),
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      requests.push(seen);
      if (!server.script(seen, response)) answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: FilesServer = {
    port: createAiStudio({ apiKey: KEY, baseUrl, redactor: createRedactor([KEY]) }),
    baseUrl,
    requests,
    files,
    script: () => false,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
  return server;
}
