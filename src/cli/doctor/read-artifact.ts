/** A process of its own that reads an artifact and a record as any other worker would. */
import { FileArtifactStore } from '../../artifacts/file-store.ts';

const [directory = '', sha256 = '', record = ''] = process.argv.slice(2);
const store = new FileArtifactStore(directory);
const bytes = await store.get(sha256);
const value = await store.readRecord(record);
process.stdout.write(JSON.stringify({ bytes: bytes.length, record: value !== undefined }));
