import { useState } from 'preact/hooks';
import type { RunRow } from '../api';
import { url } from '../base';
import { plain } from '../format';
import { along, mark, rankCorrelation, valueAt, type Axis } from './axes';

const width = 520;
const height = 300;
const box = { left: 64, right: 12, top: 12, bottom: 40 };

/** Any axis against any other, and which settings go most with the chosen metric. */
export function Scatter({ axes, runs }: { axes: Axis[]; runs: RunRow[] }) {
  const last = axes.at(-1)!;
  const settings = axes.filter((a) => a.kind === 'setting' && a !== last);
  const strength = settings.map((a) => ({ axis: a, r: rankCorrelation(a, last) })).filter((s): s is { axis: Axis; r: number } => s.r !== null).sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
  const [xName, setX] = useState<string | null>(null);
  const [yName, setY] = useState<string | null>(null);
  const x = axes.find((a) => a.name === xName) ?? strength[0]?.axis ?? axes[0]!;
  const y = axes.find((a) => a.name === yName) ?? last;
  return (
    <section>
      <h2>One against the other</h2>
      <div class="row scatter">
        <div class="plotted">
          <div class="row"><Choose label="across" axes={axes} value={x} change={setX} /><Choose label="up" axes={axes} value={y} change={setY} /></div>
          <Plot x={x} y={y} runs={runs} />
        </div>
        {strength.length > 0 && last.kind === 'metric' && (
          <table class="list importance">
            <caption class="dim">What goes with {plain(last.name)} (rank correlation over {runs.length} runs; no proof of cause)</caption>
            <tbody>{strength.slice(0, 12).map(({ axis, r }) => (
              <tr key={axis.name}><th><button class="plain" onClick={() => setX(axis.name)}><code>{plain(axis.name)}</code></button></th><td class="num right">{r > 0 ? '+' : '−'}{Math.abs(r).toFixed(2)}</td><td><span class="bar"><span style={{ transform: `scaleX(${Math.abs(r)})` }} /></span></td></tr>
            ))}</tbody>
          </table>
        )}
      </div>
    </section>
  );
}

const Choose = ({ label, axes, value, change }: { label: string; axes: Axis[]; value: Axis; change: (name: string) => void }) => (
  <label class="row dim">{label} <select value={value.name} onChange={(e) => change(e.currentTarget.value)}>{axes.map((a) => <option key={a.name}>{a.name}</option>)}</select></label>
);

function Plot({ x, y, runs }: { x: Axis; y: Axis; runs: RunRow[] }) {
  const px = (share: number) => box.left + share * (width - box.left - box.right);
  const py = (share: number) => height - box.bottom - share * (height - box.top - box.bottom);
  const points = runs.map((run, i) => ({ run, i, at: [along(x, x.at[i]), along(y, y.at[i])] as const }));
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`${y.name} against ${x.name}`}>
      <path class="frame" d={`M${px(0)} ${py(1)}V${py(0)}H${px(1)}`} />
      {marks(x).map(([text, s]) => <text key={s} x={px(s)} y={py(0) + 16} text-anchor="middle">{text}</text>)}
      {marks(y).map(([text, s]) => <text key={s} x={px(0) - 6} y={py(s) + 4} text-anchor="end">{text}</text>)}
      <text x={px(0.5)} y={height - 6} text-anchor="middle">{plain(x.name)}{x.isLog && ' (log)'}</text>
      {points.map(({ run, i, at: [ax, ay] }) => ax !== null && ay !== null && (
        <a key={run.id} href={url(`run/${run.id}`)} tabIndex={runs.length > 60 ? -1 : 0} aria-label={plain(run.name)}>
          <circle cx={px(ax)} cy={py(ay)} r="4.5"><title>{`${plain(run.name)}\n${x.name} ${text(x, i)}\n${y.name} ${text(y, i)}`}</title></circle>
        </a>
      ))}
    </svg>
  );
}

const text = (axis: Axis, run: number) => { const v = axis.at[run]; return v == null ? '–' : axis.words ? axis.words[v] : mark(v); };
const marks = (axis: Axis): (readonly [string, number])[] =>
  axis.words && axis.words.length <= 6 ? axis.words.map((w, i) => [plain(w).slice(0, 12), i / (axis.words!.length - 1)] as const) : [0, 0.5, 1].map((s) => [mark(valueAt(axis, s)), s] as const);
