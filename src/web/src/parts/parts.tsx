// Small things that many pages show.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { MainMetric, Problem as ProblemSaid, Progress, RunRow, State } from '../api';
import { tick } from '../clock';
import { age, count, duration, number, percent, plain, short } from '../format';
import { look } from './words';
import './parts.css';

/** An age that grows on: so many seconds as of `at`, a time of this browser's clock. */
export function Age({ seconds, at, ago = true }: { seconds: number; at: number; ago?: boolean }) {
  const now = seconds + Math.max(0, tick.value - at) / 1000;
  return <span class="num">{ago ? age(now) : duration(now)}</span>;
}

export function StateMark({ row }: { row: RunRow }) {
  const { sign, tone, word } = look(row);
  return <span class={`state ${tone}`}><span class="sign" aria-hidden="true">{sign}</span>{word}</span>;
}

const barClass = (progress: Progress, state: State) =>
  `bar ${state === 'failed' || state === 'lost' ? 'of-bad' : state === 'running' ? 'of-good' : 'of-dim'}${progress.over_plan ? ' over' : ''}`;

/** A bar with "45 % · 9.4k/20k". */
export function ProgressBar({ row, wide = false }: { row: RunRow; wide?: boolean }) {
  const { progress } = row;
  if (progress.share === null && progress.step === null) return <span class="dim">{row.state === 'running' ? 'no step seen yet' : ''}</span>;
  const share = Math.min(1, Math.max(0, progress.share ?? 0));
  return (
    <span class="progress">
      <span class={barClass(progress, row.state)} role="progressbar" aria-label="progress" aria-valuenow={Math.round(share * 100)}>
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
      <span class="num">{progressText(progress, wide)}</span>
    </span>
  );
}

function progressText(p: Progress, wide: boolean): string {
  const write = wide ? count : short;
  const words: string[] = [];
  if (p.over_plan) words.push('over plan');
  else if (p.share !== null) words.push(`${p.approximate ? '≈ ' : ''}${percent(p.share)}`);
  if (p.step !== null) words.push(p.total === null ? `step ${write(p.step)}` : `${write(p.step)}/${write(p.total)}`);
  if (wide && p.epoch !== null) words.push(p.epochs === null ? `epoch ${p.epoch}` : `epoch ${p.epoch}/${p.epochs}`);
  return words.join(' · ');
}

/** A few values as a line; where one is no number the line breaks and a tick stands at the bottom. */
export function Spark({ metric, width = 60, height = 16 }: { metric: MainMetric; width?: number; height?: number }) {
  const { line, gaps } = sparkPaths(metric.spark, width, height);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={line} />
      {gaps && <path class="gaps" d={gaps} />}
    </svg>
  );
}

function sparkPaths(values: (number | null)[], width: number, height: number) {
  const known = values.filter((v): v is number => v !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (i: number) => (values.length < 2 ? width / 2 : 1 + (i * (width - 2)) / (values.length - 1)).toFixed(1);
  let line = '', gaps = '', pen = 'M';
  values.forEach((v, i) => {
    if (v === null) { gaps += `M${x(i)} ${height}v-5`; pen = 'M'; return; }
    line += `${pen}${x(i)} ${(height - 2 - ((v - low) / span) * (height - 4)).toFixed(1)}`;
    pen = 'L';
  });
  return { line, gaps };
}

export const Value = ({ value }: { value: number | null }) => <span class="num">{value === null ? '–' : number(value)}</span>;

export function ProblemNote({ problem, again }: { problem: ProblemSaid; again?: () => void }) {
  return (
    <div class="note bad-note" role="alert">
      <p>{problem.problem}{problem.field && <span class="dim"> ({problem.field})</span>}</p>
      {problem.remedy && <p class="dim">{problem.remedy}</p>}
      {again && <p><button onClick={again}>Try again</button></p>}
    </div>
  );
}

/** Copies a text, and says so. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, say] = useState<string | null>(null);
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); say('Copied'); } catch { say('Select it by hand'); }
    setTimeout(() => say(null), 2000);
  };
  return <button class="plain copy" onClick={copy} aria-live="polite">{said ?? label}</button>;
}

export function Command({ command, title }: { command: string; title?: string }) {
  return (
    <div class="command">
      {title && <span class="dim">{title}</span>}
      <code>{plain(command)}</code>
      <Copy text={command} />
    </div>
  );
}

/** A page or a table with nothing in it says why. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) =>
  <div class="empty"><h2>{title}</h2>{children}</div>;
