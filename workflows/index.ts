/** Everything a user's own workflows file re-exports: `export * from 'temporal-gemini-images/workflows'`. */
export { geminiBatchLane } from './batch-lane.ts';
export { editSession, openEditSession } from './call-session.ts';
export type { EditSession, EditSessionOptions, SessionTextFix, SessionTurn } from './call-session.ts';
export { geminiEditSession } from './edit-session.ts';
export { geminiGeneration } from './generation.ts';
export { generateImages } from './generate-images.ts';
export { geminiNotification } from './notification.ts';
