// Several runs side by side: what differs, how they did, and how the one may have caused the other.
import { useMemo, useState } from 'preact/hooks';
import type { Comparison } from '../api';
import { url } from '../base';
import { number, plain, plural } from '../format';
import { useLoad } from '../load';
import { Curves } from '../metrics/Curves';
import { Empty, ProblemNote, StateMark } from '../parts/parts';
import { query, setQuery } from '../router';
import { Parallel } from './Parallel';
import { Scatter } from './Scatter';
import { axesOf, type Axis } from './axes';
import './pages.css';
import './compare.css';

/** With more runs than this, keys are columns and runs are rows. */
const across = 8;

export function ComparePage() {
  const runs = query.value.get('runs') ?? '';
  if (runs === '') return <main><Empty title="Nothing to compare."><p>Select two or more runs in <a href={url('')}>the list</a> (key x), then choose Compare.</p></Empty></main>;
  return <main class="compare"><Loaded runs={runs} /></main>;
}

function Loaded({ runs }: { runs: string }) {
  const { value, problem, again } = useLoad<Comparison>(`api/compare?runs=${encodeURIComponent(runs)}`, 30);
  if (problem && !value) return <ProblemNote problem={problem} again={again} />;
  if (!value) return <p class="dim" role="status">Comparing…</p>;
  return <Shown comparison={value} />;
}

function Shown({ comparison }: { comparison: Comparison }) {
  const { runs } = comparison;
  const names = comparison.metrics.map((m) => m.name);
  const wanted = query.value.get('metric');
  const metric = wanted !== null && names.includes(wanted) ? wanted : runs.find((r) => r.metric)?.metric?.name ?? names[0] ?? null;
  const axes = useMemo(() => axesOf(comparison, metric), [comparison, metric]);
  const ids = useMemo(() => runs.map((r) => r.id), [runs.map((r) => r.id).join()]);
  return (
    <>
      <div class="row">
        <h1>{plural(runs.length, 'run')} compared</h1>
        {names.length > 0 && <label class="row dim">Metric <select value={metric ?? ''} onChange={(e) => setQuery({ metric: e.currentTarget.value })}>{names.map((n) => <option key={n}>{n}</option>)}</select></label>}
      </div>
      <Differences comparison={comparison} axes={axes} />
      {metric && <section><h2>{plain(metric)}</h2><Curves runs={ids} metric={metric} /></section>}
      {axes.length >= 2 && runs.length >= 3 && <><Parallel axes={axes} runs={runs} /><Scatter axes={axes} runs={runs} /></>}
    </>
  );
}

function Differences({ comparison, axes }: { comparison: Comparison; axes: Axis[] }) {
  const [words, setWords] = useState('');
  const { runs, differing, same } = comparison;
  const keys = differing.filter((d) => d.key.toLowerCase().includes(words.toLowerCase()));
  return (
    <section>
      <div class="row">
        <h2>What differs</h2>
        <input type="search" placeholder="Only keys with…" aria-label="Only keys with" value={words} onInput={(e) => setWords(e.currentTarget.value)} />
        <span class="dim">{plural(differing.length, 'key')} {differing.length === 1 ? 'differs' : 'differ'}, {same} {same === 1 ? 'does' : 'do'} not</span>
      </div>
      <div class="scroll-x diff" tabIndex={0} role="region" aria-label="Differing settings and metrics">
        {runs.length > across ? <RunsDown comparison={comparison} keys={keys} axes={axes} /> : <RunsAcross comparison={comparison} keys={keys} />}
      </div>
    </section>
  );
}

interface TableProps { comparison: Comparison; keys: Comparison['differing'] }

function RunsAcross({ comparison: { runs, metrics }, keys }: TableProps) {
  return (
    <table class="list">
      <thead>
        <tr><th>key</th>{runs.map((r) => <th key={r.id}><a href={url(`run/${r.id}`)}>{plain(r.name)}</a></th>)}</tr>
        <tr><th>state</th>{runs.map((r) => <td key={r.id}><StateMark row={r} /></td>)}</tr>
      </thead>
      <tbody>
        {keys.map((d) => <tr key={d.key}><th><code>{plain(d.key)}</code></th>{d.values.map((v, i) => <td key={i}><code>{v === null ? '–' : plain(v)}</code></td>)}</tr>)}
        {metrics.map((m) => <tr key={`metric ${m.name}`}><th>{plain(m.name)} <span class="dim">last (best)</span></th>{m.last.map((v, i) => <td key={i} class="num">{said(v)} <span class="dim">({said(m.best[i] ?? null)})</span></td>)}</tr>)}
      </tbody>
    </table>
  );
}

function RunsDown({ comparison: { runs, metrics }, keys, axes }: TableProps & { axes: Axis[] }) {
  const [by, setBy] = useState<{ axis: string; up: boolean } | null>(null);
  const axis = axes.find((a) => a.name === by?.axis);
  const order = runs.map((_, i) => i);
  if (axis && by) order.sort((a, b) => ((axis.at[a] ?? Infinity) - (axis.at[b] ?? Infinity)) * (by.up ? 1 : -1));
  const title = (name: string) => (
    <th key={name}><button class="plain" onClick={() => setBy({ axis: name, up: by?.axis === name ? !by.up : true })}>{plain(name)}{by?.axis === name && (by.up ? ' ↑' : ' ↓')}</button></th>
  );
  return (
    <table class="list">
      <thead><tr><th>run</th><th>state</th>{keys.map((d) => title(d.key))}{metrics.map((m) => title(m.name))}</tr></thead>
      <tbody>
        {order.map((i) => (
          <tr key={runs[i]!.id}>
            <th><a href={url(`run/${runs[i]!.id}`)}>{plain(runs[i]!.name)}</a></th>
            <td><StateMark row={runs[i]!} /></td>
            {keys.map((d) => <td key={d.key}><code>{d.values[i] == null ? '–' : plain(d.values[i])}</code></td>)}
            {metrics.map((m) => <td key={m.name} class="num">{said(m.last[i] ?? null)} <span class="dim">({said(m.best[i] ?? null)})</span></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const said = (value: number | null) => (value === null ? '–' : number(value));
