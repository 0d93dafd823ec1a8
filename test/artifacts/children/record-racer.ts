/** Races for records: waits for the start signal, then reports which names it was told it created. */
import { openStore } from '../../../src/artifacts/open-store.ts';

const [place = '', names = '0'] = process.argv.slice(2);
const store = openStore(place);
await store.checkWritable();

process.once('message', () => void race());
process.send?.('ready');

async function race(): Promise<void> {
  const created: number[] = [];
  const torn: number[] = [];
  for (let name = 0; name < Number(names); name += 1) {
    const value = { pid: process.pid, filler: 'x'.repeat(10_000) };
    if ((await store.createRecord(`race/${name}`, value)) === 'created') created.push(name);
    const seen = (await store.readRecord(`race/${name}`)) as typeof value | undefined;
    if (seen?.filler.length !== 10_000) torn.push(name);
  }
  process.send?.({ created, torn }, () => process.disconnect());
}
