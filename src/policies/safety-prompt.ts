/** Layer 1 refused the prompt: configurable, so the caller's looser settings may be tried. */
import { stopPolicy } from './policy.ts';

export const safetyPrompt = stopPolicy(['safety-settings', 'rewrite', 'return']);
