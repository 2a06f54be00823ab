// All metrics of a run, grouped by what stands before the slash.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { plural } from '../format';
import { Chart } from './Chart';
import { plainText } from '../log/ansi';
import type { LineChoice } from './lines';
import { MetricStore } from './store';
import './metrics.css';

export function MetricsView({ run }: { run: string }) {
  const store = useMemo(() => new MetricStore(run), [run]);
  const [filter, setFilter] = useState('');
  const [choice, setChoice] = useState<LineChoice>({ smoothing: 0, logX: false, logY: false });
  useEffect(() => store.open(), [store]);
  useKeys({
    '/': () => document.getElementById('metric-search')?.focus(),
    '0': () => store.setZoom(null),
  }, { title: 'Metrics', keys: [['/', 'search metrics'], ['0', 'show all of the x axis']] });
  const names = store.names.value;
  const pattern = useMemo(() => readPattern(filter), [filter]);
  const groups = useMemo(() => grouped((names ?? []).filter((n) => pattern?.test(n) ?? false)), [names, pattern]);
  if (store.problem.value && !names) return <p class="bad">{store.problem.value}</p>;
  if (!names) return <p class="dim">Reading the metrics…</p>;
  if (names.length === 0) return <p class="empty">No metric has been seen yet. Vigil reads them from the log ("loss=0.12", progress bars) and from a metrics.jsonl that the training writes.</p>;
  return (
    <section class="metrics" aria-label="Metrics">
      <div class="metric-tools" role="toolbar" aria-label="Charts">
        <input id="metric-search" type="search" placeholder="Search by regular expression ( / )" aria-label="Search metrics by regular expression" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
        {pattern === null && <span class="bad">This is no regular expression yet.</span>}
        <select aria-label="x axis" value={store.x.value} onChange={(e) => store.setX(e.currentTarget.value === 'time' ? 'time' : 'step')}>
          <option value="step">by step</option>
          <option value="time">by time</option>
        </select>
        <button type="button" aria-pressed={choice.logX} onClick={() => setChoice({ ...choice, logX: !choice.logX })}>log x</button>
        <button type="button" aria-pressed={choice.logY} onClick={() => setChoice({ ...choice, logY: !choice.logY })}>log y</button>
        <label>smoothing <input type="range" min={0} max={0.99} step={0.01} value={choice.smoothing} onInput={(e) => setChoice({ ...choice, smoothing: Number(e.currentTarget.value) })} /> <span class="num">{choice.smoothing.toFixed(2)}</span></label>
        {store.zoom.value && <button type="button" title="Or a double click (0)" onClick={() => store.setZoom(null)}>Show all of the axis</button>}
        <span class="dim" role="status">{store.problem.value ?? plural(groups.reduce((n, g) => n + g.names.length, 0), 'metric')}</span>
      </div>
      {groups.map((group) => (
        <details open key={group.name}>
          <summary>{plainText(group.name)} <span class="dim">{group.names.length}</span></summary>
          <div class="chart-grid">{group.names.map((name) => <Chart key={name} store={store} run={run} name={name} choice={choice} />)}</div>
        </details>
      ))}
      <p class="dim">Drag to zoom, double click to show all, click a point to see it in the log. Dashed: a restart; green ticks: checkpoints; earlier attempts are faint; the band spans the least and greatest value of each stretch.</p>
    </section>
  );
}

function readPattern(text: string): RegExp | null {
  try { return new RegExp(text, 'i'); } catch { return null; }
}

function grouped(names: string[]): { name: string; names: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const slash = name.indexOf('/');
    const group = slash > 0 ? name.slice(0, slash) : 'other';
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].map(([name, all]) => ({ name, names: all }));
}
