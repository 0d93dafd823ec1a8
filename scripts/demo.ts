/**
 * `npm run demo`: good and bad days of image generation, on a real Temporal server with real worker
 * processes, without a key. Ends with a table and a contact sheet.
 *
 * Exit codes: 0 all well; 1 something was lost, paid twice or did not end; 2 wrong arguments. On any
 * way out nothing is left running.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runDemo } from './demo/run.ts';

const HELP = `Usage: npm run demo -- [options]

  --json       print the counts as one line of JSON at the end
  --stay       keep server, emulator and workers running at the end, until Ctrl-C
  --out <dir>  where images, store and logs go (default: demo-output)
  --help       print this

Example: npm run demo -- --stay`;

function argumentsGiven() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        stay: { type: 'boolean', default: false },
        out: { type: 'string', default: 'demo-output' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

const { help, json, stay, out } = argumentsGiven();
if (help) console.log(HELP);
// Whatever was still waiting for an answer when the demo was ended early is not waited for.
else process.exit(await runDemo({ json, stay, out: resolve(out) }));
