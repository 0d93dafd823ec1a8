/** What the demo says at its end: the counts, and with `--stay` what can be tried on what still runs. */
import { relative } from 'node:path';
import type { AuditTotals } from './audit-totals.ts';
import type { Stage } from './stage.ts';
import type { WaitingScene } from './waiting-scene.ts';

export function countWords(totals: AuditTotals, scale: string): string {
  const {
    generations,
    done,
    dead,
    cancelled,
    waiting,
    images,
    rewritten,
    approved,
    granted,
    rejected,
    revived,
  } = totals;
  const { lost, paidTwice, possiblyPaid, unaccounted } = totals;
  return [
    `Counted from Temporal's histories, the store and the emulator's ledger (${scale}):`,
    `${generations} generations: ${done} done, ${dead} dead, ${cancelled} cancelled, ${waiting} waiting; ${images} images.`,
    `By people: ${approved} approved, ${granted} by a grant, ${rejected} rejected, ${revived} revived. By a text model: ${rewritten} rewritten.`,
    `Lost: ${lost}. Paid twice: ${paidTwice}. Not in the books: ${unaccounted}. Possibly paid, and booked so before the next call: ${possiblyPaid}.`,
  ].join('\n');
}

/** @param room Address of the console. */
export async function whatToTry(stage: Stage, waiting: WaitingScene, room: string): Promise<string> {
  const { server, emulator, store, out } = stage;
  const directory = relative(process.cwd(), `${out}/store`);
  return `
Still running, until Ctrl-C:
  console      ${room}: what waits for a person, and the buttons for it
  Temporal UI  ${server.uiUrl}/namespaces/${server.namespace}/workflows
  emulator     ${emulator.url}/__emulator/calls (ledger), /__emulator/presets (what can go wrong)
  store        ${store.describe()}
In another terminal, before the commands below:
  export TEMPORAL_ADDRESS=${server.address} GEMINI_IMAGES_STORE=${directory}
${await waiting.howToDecide()}

To try:
  npm run -s gemini-images -- generate 'a tin robot watering tulips [[fault:capacity*2]]'
  curl -s ${emulator.url}/__emulator/faults -d '{"action":"capacity","times":5}' -H 'content-type: application/json'
Open a generation in the UI: the summary of each activity and timer says why it was made.`;
}
