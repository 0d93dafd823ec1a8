/** Everything a user's own workflows file re-exports: `export * from 'temporal-gemini-images/workflows'`. */
export { geminiGeneration } from './generation.ts';
export { generateImages } from './generate-images.ts';
