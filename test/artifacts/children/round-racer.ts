/** Creates each record it is told the name of, and answers what the store told it. */
import { openStore } from '../../../src/artifacts/open-store.ts';

const [place = ''] = process.argv.slice(2);
const store = openStore(place);
await store.checkWritable();

process.on('message', (name: string) => {
  const value = { pid: process.pid, filler: 'x'.repeat(10_000) };
  void store.createRecord(name, value).then((answer) => process.send?.(answer));
});
process.send?.('ready');
