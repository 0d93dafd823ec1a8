/** The durable entities; a bundle of their own, for the worker that the plugin runs beside the user's. */
export { geminiBudget } from './budget.ts';
export { geminiGovernor } from './governor.ts';
/** Of what happens at these; a generation's are brought by its own worker. */
export { geminiNotification } from './notification.ts';
