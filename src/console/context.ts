/** What every request is handled with: made once, when the console starts. */
import type { GeminiImages } from '../client/gemini-images.ts';
import type { Background } from './background.ts';
import type { Live } from './live.ts';
import type { Notices } from './notices.ts';
import type { Viewer } from './page.ts';
import type { Snapshots } from './snapshots.ts';
import type { TrustSetUp } from './trust/set-up.ts';

export interface ConsoleContext {
  readonly images: GeminiImages;
  readonly setUp: TrustSetUp;
  readonly cookie: string;
  readonly snapshots: Snapshots;
  readonly notices: Notices;
  readonly background: Background;
  readonly live: Live;
  /** Of the assets' addresses. */
  readonly release: string;
  readonly temporalUi?: Viewer['temporalUi'];
  readonly now: () => number;
  /** What nobody foresaw, one line each; no secret, no prompt. */
  readonly log: (line: string) => void;
}
