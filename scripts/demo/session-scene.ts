/**
 * One edit session of five turns, all asked at once: they wait for each other, one is sent twice because of a
 * signature, one leaves its model and begins anew there. Its filmstrip is written beside the contact sheet.
 */
import { join } from 'node:path';
import { writeFilmstrip } from '../../src/cli/filmstrip/write-filmstrip.ts';
import { lookAtSession } from '../../src/client/session-sight.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { MODEL, scenarioOf, TURNS } from './scenarios/edit-session.ts';
import type { Show } from './show.ts';

const WAIT_MS = 100_000;

/** Resolves with the path of the filmstrip. */
export async function playSession({ stage, teller, cast }: Show): Promise<string> {
  const { images, store, out } = stage;
  teller.heading('One picture, five turns');
  const session = await images.session({ model: MODEL });
  const asked = [];
  for (const turn of TURNS) {
    const handle = await session.edit({ turnId: turn.turnId, ...turn.draft });
    const scenario = scenarioOf(turn);
    cast.set(handle.generationId, scenario);
    asked.push({ scenario, handle });
  }
  for (const { scenario, handle } of asked) {
    const result = await handle.result({ waitMs: WAIT_MS });
    teller.good(scenario, `${scenario.trouble} → ${words(result)}`);
  }
  await session.close();
  const file = join(out, 'session.html');
  await writeFilmstrip(images, store, await lookAtSession(images, session.id), { file, drafts: false });
  return file;
}

function words({ conversation, trail, model }: GenerationResult): string {
  const before = (conversation?.past.turns ?? 1) - 1;
  const times = trail.length === 1 ? '' : `after ${trail.length} attempts, `;
  const use = conversation?.use;
  if (use === 'verbatim')
    return `${times}${before} ${before === 1 ? 'turn' : 'turns'} sent back, signatures and all`;
  if (use === 'reseeded') return `${times}began anew with the last image, at ${model}`;
  return `${times}the conversation begins`;
}
