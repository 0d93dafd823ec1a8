/** Stores artifacts and records for ever and tells of each that the store confirmed; to be killed. */
import { openStore } from '../../../src/artifacts/open-store.ts';

const [place = ''] = process.argv.slice(2);
const store = openStore(place);

for (let n = 0; ; n += 1) {
  const bytes = new Uint8Array(300_000).fill(n % 256);
  new DataView(bytes.buffer).setUint32(0, process.pid);
  const { sha256 } = await store.put(bytes, 'image/png');
  process.send?.({ artifact: sha256 });
  const name = `killed/${process.pid}/${n}`;
  await store.createRecord(name, { n, filler: 'y'.repeat(50_000) });
  process.send?.({ record: name });
}
