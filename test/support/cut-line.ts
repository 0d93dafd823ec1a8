/** A TCP line to a server that can be cut and mended: for whoever sees the server go away, and nobody else does. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export interface CutLine {
  /** `host:port` to use instead of the server's. */
  readonly address: string;
  /** Connections end, and no new one is taken. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param address `host:port` of the server. */
export async function startCutLine(address: string): Promise<CutLine> {
  const [host, port] = address.split(':');
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(one);
          other.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = (): void => {
    for (const each of open) each.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      end();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
