// The columns of the runs table: how each sorts, and what its cell says.
import type { ComponentChildren } from 'preact';
import type { RunRow } from '../api';
import { url } from '../base';
import { duration, number, plain } from '../format';
import { Age, ProgressBar, Spark, StateMark } from '../parts/parts';
import { forecast, look } from '../parts/words';

export interface Column {
  /** As the server sorts by; also the cell's class. */
  name: string;
  title: string;
  /** Of those whose largest value is wanted first. */
  downFirst?: boolean;
  cell: (row: RunRow, at: number) => ComponentChildren;
  hint?: (row: RunRow) => string | null | undefined;
}

export const columns: Column[] = [
  { name: 'state', title: 'State', cell: (r) => <><StateMark row={r} />{r.reason && <span class="dim reason">{plain(r.reason)}</span>}</>, hint: (r) => [r.reason, r.health_reason].filter(Boolean).join(': ') },
  { name: 'name', title: 'Run', cell: name, hint: (r) => [`${r.experiment_name} / ${r.name}`, r.stage && `stage ${r.stage}`, r.parent && `branched from ${r.parent}`, r.deviates && 'runs with other settings than planned', r.note].filter(Boolean).join('\n') },
  { name: 'progress', title: 'Progress', downFirst: true, cell: (r) => <ProgressBar row={r} /> },
  { name: 'eta', title: 'Will it fit?', cell: fit, hint: (r) => forecast(r)?.why },
  { name: 'output', title: 'Last output', cell: (r, at) => r.output_age !== null && <span class={r.health === 'stuck' ? 'bad' : r.health === 'quiet' ? 'warn' : ''}><Age seconds={r.output_age} at={r.state === 'running' ? at : Infinity} /></span>, hint: (r) => r.health_reason },
  { name: 'metric', title: 'Metric', cell: metric, hint: (r) => r.metric && `${r.metric.name}: last ${r.metric.last ?? '–'}, best ${r.metric.best ?? '–'}` },
  { name: 'rate', title: 'Rate', downFirst: true, cell: (r) => r.rate !== null && <span class="num">{rate(r.rate)}</span> },
  { name: 'attempts', title: 'Tries', downFirst: true, cell: (r) => <span class={`num ${r.attempts > 1 ? 'warn' : 'dim'}`}>{r.attempts}</span> },
  { name: 'job', title: 'Job', cell: (r) => <span class="num dim">{plain(r.job ?? '')}</span>, hint: (r) => [r.job && `job ${r.job}`, r.partition, r.nodes].filter(Boolean).join(' · ') },
];

function name(row: RunRow) {
  return (
    <>
      <a href={url(`run/${row.id}`)}>{plain(row.name)}</a>
      {row.stage && <span class="dim"> {plain(row.stage)}</span>}
      {row.deviates && <span class="warn" aria-label="deviates from its plan"> ≠</span>}
      {row.tags.map((t) => <span class="tag" key={t}>{plain(t)}</span>)}
    </>
  );
}

function fit(row: RunRow) {
  const said = forecast(row);
  if (said) return <span class={said.tone}>{said.text}</span>;
  if (row.elapsed_seconds === null) return null;
  return <span class="dim">{look(row).word === 'completed' ? 'took' : 'after'} {duration(row.elapsed_seconds)}</span>;
}

function metric(row: RunRow) {
  const m = row.metric;
  if (!m) return null;
  return (
    <span class="metric">
      <span class="num">{m.last === null ? '–' : number(m.last)}</span>
      <span class="num dim">{m.best === null ? '' : number(m.best)}</span>
      <Spark metric={m} />
    </span>
  );
}

/** Slow steps are said as time a step. */
export const rate = (perSecond: number): string => (perSecond >= 1 ? `${three(perSecond)}/s` : perSecond > 0 ? `${three(1 / perSecond)} s/step` : '0/s');

const three = (value: number) => (value < 1000 ? value.toPrecision(3) : number(value));
