/** What runs in the threads of `unpack-pool.ts`. Images are moved out, not copied. */
import Tinypool from 'tinypool';
import { unpack } from './unpack.ts';

export default function unpackInThread(bytes: Uint8Array): unknown {
  const unpacked = unpack(bytes);
  const moved = unpacked.images.flatMap((image) => (image.bytes === undefined ? [] : [image.bytes.buffer]));
  const answer = { [Tinypool.transferableSymbol]: moved, [Tinypool.valueSymbol]: unpacked };
  // The package's types name its symbols twice, and the two do not match.
  return Tinypool.move(answer as unknown as Parameters<typeof Tinypool.move>[0]);
}
