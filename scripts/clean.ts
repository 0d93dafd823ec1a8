/** Removes what `tsc -b` made, files of deleted sources included, so that a package holds nothing stale. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

rmSync(fileURLToPath(new URL('../dist', import.meta.url)), { recursive: true, force: true });
