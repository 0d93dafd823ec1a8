/**
 * The generation that waits for a person. With `--stay` it is left to whoever watches, with the commands
 * that decide it; else it is rejected before the demo counts, so that nothing is left open.
 */
import type { GenerationHandle } from '../../src/client/generation-handle.ts';
import { SIGNALS } from '../../src/contract/names.ts';
import type { Asked } from './operator.ts';
import { untilAskedFor } from './operator.ts';
import { start, tellEnd } from './play.ts';
import { WAITING } from './scenarios/decisions.ts';
import type { Show } from './show.ts';
import { BACKUP } from './stage.ts';

export class WaitingScene {
  private readonly show: Show;
  private handle: GenerationHandle | undefined;
  private ask: Asked | undefined;

  constructor(show: Show) {
    this.show = show;
  }

  /** Resolves once it asks. */
  async play(): Promise<void> {
    this.handle = await start(this.show, WAITING);
    // A process that has not heard of a release yet asks for what was released.
    this.ask = await untilAskedFor(this.show, this.handle.id, 'region');
    this.show.teller.says(
      WAITING,
      `${WAITING.trouble} → waits for a person, ${this.ask.choices.join(' · ')}`,
    );
  }

  async reject(): Promise<void> {
    const { handle, ask, show } = this;
    if (handle === undefined || ask === undefined) return;
    const why = 'the demo is over';
    await show.stage.images.decide(handle.id, { choice: 'reject', by: 'ann', why, evidence: ask.evidence });
    show.teller.person(WAITING, `ann rejects: “${why}”; with --stay it would wait for you`);
    await tellEnd(show, WAITING, handle);
  }

  /** How to decide it, by command line and in Temporal's UI. */
  async howToDecide(): Promise<string> {
    if (this.handle === undefined) return '';
    const { id } = this.handle;
    // As it is now: somebody may have decided on it already.
    const { ask, runId } = await this.show.stage.images.describe(id);
    if (ask === undefined) return '';
    const { uiUrl, namespace } = this.show.stage.server;
    const cli = 'npm run -s gemini-images --';
    const why = 'I have seen the evidence';
    const json = JSON.stringify({ by: 'you', why, route: BACKUP, evidence: ask.evidence });
    return `
One generation waits for you (${WAITING.title}: ${WAITING.trouble}):
  look     ${cli} show ${id}
  approve  ${cli} approve ${id} --route ${BACKUP} --by you --why '${why}'
  reject   ${cli} reject ${id} --by you --why 'not now'
Or in the Temporal UI: ${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}/${runId}
  More Actions → Send a Signal → ${SIGNALS.approveRouteOut}, with the JSON
  ${json}`;
  }
}
