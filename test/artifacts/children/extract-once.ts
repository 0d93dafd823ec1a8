/** Extracts one large response in a thread, prints what came out, and has nothing else to live for. */
import { randomBytes } from 'node:crypto';
import { extractResponse } from '../../../src/artifacts/extract.ts';
import { MemoryArtifactStore } from '../../../src/artifacts/memory-store.ts';

const store = new MemoryArtifactStore();
const data = randomBytes(2 * 1024 * 1024).toString('base64');
const body = { candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }] } }] };
const { sha256 } = await store.put(Buffer.from(JSON.stringify(body)), 'application/json');
const { checks } = await extractResponse(store, sha256);
process.stdout.write(JSON.stringify(checks));
