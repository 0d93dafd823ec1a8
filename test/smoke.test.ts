import { it } from 'vitest';
import { startRig } from './support/rig.ts';
it('smoke', async () => {
  const rig = await startRig({ emulator: { timeScale: 1/20, latencyMs: 3000 } });
  const look = async (what: string) => {
    for await (const w of rig.client.workflow.list({ query: "WorkflowType='geminiGovernor' AND ExecutionStatus='Running'" })) {
      if (!w.workflowId.includes(rig.emulator.url)) continue;
      const h = await rig.client.workflow.getHandle(w.workflowId).fetchHistory();
      const fails = h.events?.filter((e) => e.eventType === 7 || e.eventType === 8).map((e) => JSON.stringify(e.workflowTaskFailedEventAttributes?.failure?.message ?? e.workflowTaskTimedOutEventAttributes));
      console.log(what, h.events?.length, h.events?.filter((e) => e.eventType === 41).length, fails?.slice(-5));
      const view: any = await rig.client.withDeadline(Date.now() + 5000, () => rig.client.workflow.getHandle(w.workflowId).query('gemini.state')).catch((e) => String(e));
      console.log(JSON.stringify({ at: view.at, standing: view.standing, processes: view.processes }).slice(0, 3500));
    }
  };
  try {
    const a = await rig.workerProcess({ quota: 'fleet', quotaWindowScale: 1/20 } as any);
    const first = await rig.images.start({ prompt: 'a first fox', callTimeoutMs: 10000 });
    for (let i = 0; i < 100 && rig.calls().length === 0; i++) await new Promise((r) => setTimeout(r, 200));
    console.log('calls', rig.calls().length);
    a.signal('SIGKILL');
    await rig.workerProcess({ quota: 'fleet', quotaWindowScale: 1/20 } as any);
    const t = Date.now();
    const more = Array.from({ length: 4 }, (_, i) => rig.images.generate({ prompt: `a fox ${i}` }, { waitMs: 30000 }).then(() => console.log('done', i, Date.now() - t), (e) => console.log('ERR', String(e).slice(0, 300))));
    await new Promise((r) => setTimeout(r, 12000));
    await look('12 s');
    await Promise.all(more);
    await look('end');
    console.log((await rig.images.describe(first.id)).why);
  } finally { await rig.close(); }
}, 120000);
