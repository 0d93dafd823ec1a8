/**
 * The emulator's own API under `/__emulator`: the ledger, quota use, faults, files, batch jobs, reset. Not part of Gemini;
 * no key is asked for, since the server listens on this machine only.
 */
import { z } from 'zod';
import type { Answer } from '../answer.ts';
import { batchStates } from '../batches/batch-states.ts';
import { resetContext } from '../context.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { FAULT_PRESETS } from '../faults/presets.ts';
import { fileStates } from '../files/file-states.ts';
import { faultRuleSchema } from '../faults/rule.ts';
import { TRANSPORT_ABOUT } from '../faults/transport.ts';
import { explain } from '../options.ts';

const MAX_CONTROL_BYTES = 4 * 1024 * 1024;

type Control = (context: EmulatorContext, body: unknown, query: URLSearchParams) => Answer;

const faultsBody = z.union([
  z.strictObject({ rules: z.array(faultRuleSchema), replace: z.boolean().default(false) }),
  faultRuleSchema.transform((rule) => ({ rules: [rule], replace: false })),
]);

const CONTROLS: Readonly<Record<string, Control>> = {
  'GET calls': (context, _, query) =>
    json(200, { ...filteredCalls(context, query), totals: context.ledger.totals() }),
  'GET state': (context) =>
    json(200, {
      quota: context.quota.use(Date.now()),
      totals: context.ledger.totals(),
      faults: context.faults.list(),
      echoKey: context.echoKey,
      pictureBytes: context.gallery.bytes,
    }),
  'GET faults': (context) => json(200, { rules: context.faults.list() }),
  'GET presets': () => json(200, presetCatalogue()),
  'POST faults': (context, body) => {
    const parsed = faultsBody.safeParse(body);
    if (!parsed.success) return json(400, { error: `faults: ${explain(parsed.error.issues)}` });
    if (parsed.data.replace) context.faults.clear();
    context.faults.add(parsed.data.rules);
    return json(200, { rules: context.faults.list() });
  },
  'DELETE faults': (context) => {
    context.faults.clear();
    return json(200, { rules: [] });
  },
  'GET files': (context) => json(200, { files: fileStates(context) }),
  'GET batches': (context) => json(200, { batches: batchStates(context.batches) }),
  'POST files/expire': (context, body) => {
    const parsed = z.strictObject({ name: z.string().optional() }).safeParse(body);
    if (!parsed.success) return json(400, { error: `files/expire: ${explain(parsed.error.issues)}` });
    const id = parsed.data.name?.replace(/^files\//, '');
    return json(200, { expired: context.files.expire(id, Date.now()) });
  },
  'POST files/sweep': (context) => json(200, { swept: context.files.sweep(Date.now()) }),
  'POST reset': (context) => {
    resetContext(context);
    return json(200, { ok: true });
  },
  'POST echo-key': (context, body) => {
    const parsed = z.strictObject({ on: z.boolean().default(true) }).safeParse(body);
    if (!parsed.success) return json(400, { error: `echo-key: ${explain(parsed.error.issues)}` });
    context.echoKey = parsed.data.on;
    return json(200, { echoKey: context.echoKey });
  },
};

export async function control(exchange: Exchange, context: EmulatorContext, name: string): Promise<void> {
  const handler = CONTROLS[`${exchange.request.method ?? 'GET'} ${name}`];
  const read = await exchange.readBody(MAX_CONTROL_BYTES);
  if (!handler) {
    await exchange.send(
      json(404, { error: `no such control; there are ${Object.keys(CONTROLS).join(', ')}` }),
    );
    return;
  }
  if (read.kind !== 'body') {
    await exchange.send(json(413, { error: `the body may be ${MAX_CONTROL_BYTES} bytes` }));
    return;
  }
  let body: unknown;
  try {
    body = read.body.length === 0 ? {} : (JSON.parse(read.body.toString('utf8')) as unknown);
  } catch {
    await exchange.send(json(400, { error: 'the body is not JSON' }));
    return;
  }
  await exchange.send(handler(context, body, exchange.url.searchParams));
}

/** `?generation=<id>` and `?method=generateContent` narrow the list. */
function filteredCalls(context: EmulatorContext, query: URLSearchParams) {
  const generation = query.get('generation');
  const method = query.get('method');
  const calls = context.ledger
    .entries()
    .filter((call) => generation === null || call.generation?.id === generation)
    .filter((call) => method === null || call.method === method);
  return { calls };
}

function presetCatalogue(): unknown {
  const presets = Object.entries(FAULT_PRESETS).map(([name, { branch, about }]) => ({ name, branch, about }));
  const transports = Object.entries(TRANSPORT_ABOUT).map(([name, about]) => ({ name, about }));
  return { presets, transports };
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
