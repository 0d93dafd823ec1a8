/** `ops/grafana-dashboard.json`: the panels in rows, for a Prometheus that is chosen when it is opened. */
import { METRICS } from '../../src/contract/metrics.ts';
import type { Panel } from './panels.ts';
import { ROWS } from './panels.ts';

/** Of Grafana 10 and later. */
const SCHEMA_VERSION = 39;
/** Grafana's grid is 24 wide. */
const WIDTH = 24;
const SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
const SIZES = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 } } as const;

export function dashboard(): object {
  return {
    title: 'Gemini images',
    uid: 'temporal-gemini-images',
    description: 'Written by `npm run docs` from scripts/ops/panels.ts of temporal-gemini-images.',
    tags: ['temporal', 'gemini'],
    editable: true,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: { list: VARIABLES },
    panels: placed(),
  };
}

const VARIABLES = [
  { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0, options: [] },
  {
    name: 'model',
    label: 'Model',
    type: 'query',
    datasource: SOURCE,
    query: { query: `label_values(${METRICS.attempts.name}, model)`, refId: 'models' },
    definition: `label_values(${METRICS.attempts.name}, model)`,
    refresh: 2,
    sort: 1,
    hide: 0,
    multi: true,
    includeAll: true,
    // A series whose model nobody called yet is shown, too.
    allValue: '.*',
    current: { selected: true, text: 'All', value: '$__all' },
    options: [],
  },
];

function placed(): readonly object[] {
  const all: object[] = [];
  let y = 0;
  for (const { title, panels } of ROWS) {
    all.push({
      id: all.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const each of panels) {
      const { w, h } = SIZES[each.kind];
      if (x + w > WIDTH) {
        x = 0;
        y += height;
        height = 0;
      }
      all.push({ id: all.length + 1, gridPos: { x, y, w, h }, ...drawn(each) });
      x += w;
      height = Math.max(height, h);
    }
    y += height;
  }
  return all;
}

function drawn({ title, about, kind, unit, queries }: Panel): object {
  return {
    type: kind,
    title,
    description: about,
    datasource: SOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === 'stat'
        ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value' }
        : {
            legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
            tooltip: { mode: 'multi', sort: 'desc' },
          },
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      instant: kind === 'stat',
      range: kind !== 'stat',
    })),
  };
}
