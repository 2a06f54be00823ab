// Parallel coordinates: a line a run, an axis a setting. A brush on an axis leaves the lines that pass through it.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunRow } from '../api';
import { plain, plural } from '../format';
import { theme } from '../theme';
import { along, mark, valueAt, type Axis } from './axes';

const height = 260;
const top = 34;
const bottom = 12;
type Brush = readonly [number, number];

export function Parallel({ axes, runs }: { axes: Axis[]; runs: RunRow[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brushes, setBrushes] = useState<ReadonlyMap<string, Brush>>(new Map());
  const drag = useRef<{ axis: Axis; from: number } | null>(null);
  const [room, setRoom] = useState(600);
  const width = Math.max(room, axes.length * 110);
  useEffect(() => {
    const watch = new ResizeObserver((entries) => setRoom(Math.floor(entries[0]!.contentRect.width)));
    if (canvas.current?.parentElement) watch.observe(canvas.current.parentElement);
    return () => watch.disconnect();
  }, []);
  const inside = runs.map((_, i) => axes.every((a) => passes(a, i, brushes.get(a.name))));
  useEffect(() => { if (canvas.current) draw(canvas.current, axes, inside, brushes, width); });
  void theme.value;
  const share = (e: PointerEvent) => Math.min(1, Math.max(0, 1 - (e.offsetY - top) / (height - top - bottom)));
  const set = (axis: Axis, brush: Brush | null) => setBrushes((old) => {
    const next = new Map(old);
    if (brush) next.set(axis.name, brush); else next.delete(axis.name);
    return next;
  });
  const down = (e: PointerEvent) => {
    const axis = axes[nearest(e.offsetX, axes.length, width)];
    if (!axis) return;
    drag.current = { axis, from: share(e) };
    (e.currentTarget as Element).setPointerCapture(e.pointerId);
    set(axis, null);
  };
  const move = (e: PointerEvent) => {
    if (!drag.current) return;
    const { axis, from } = drag.current;
    const to = share(e);
    if (Math.abs(to - from) > 0.02) set(axis, [Math.min(from, to), Math.max(from, to)]);
  };
  const left = inside.filter(Boolean).length;
  return (
    <section>
      <div class="row"><h2>How settings lead to metrics</h2><span class="dim">Drag along an axis to keep the runs that pass there. Blue is low, orange high, in {plain(axes.at(-1)!.name)}.</span>
        {brushes.size > 0 && <><span>{plural(left, 'run')} left{left > 0 && left <= 5 && `: ${runs.filter((_, i) => inside[i]).map((r) => plain(r.name)).join(', ')}`}</span><button onClick={() => setBrushes(new Map())}>Show all</button></>}
      </div>
      <div class="scroll-x">
        <canvas ref={canvas} class="parallel" role="img" aria-label={`Parallel coordinates of ${plural(runs.length, 'run')} over ${axes.map((a) => a.name).join(', ')}; the table above has the same values`}
          onPointerDown={down} onPointerMove={move} onPointerUp={() => { drag.current = null; }} onPointerCancel={() => { drag.current = null; }} />
      </div>
    </section>
  );
}

const xOf = (i: number, n: number, width: number) => 50 + (i * (width - 100)) / Math.max(1, n - 1);
const yOf = (share: number) => height - bottom - share * (height - top - bottom);
const nearest = (x: number, n: number, width: number) => Math.round(((x - 50) / (width - 100)) * (n - 1));

function passes(axis: Axis, run: number, brush: Brush | undefined): boolean {
  if (!brush) return true;
  const at = along(axis, axis.at[run]);
  return at !== null && at >= brush[0] && at <= brush[1];
}

function draw(canvas: HTMLCanvasElement, axes: Axis[], inside: boolean[], brushes: ReadonlyMap<string, Brush>, width: number): void {
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  const ink = canvas.getContext('2d')!;
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(`--${name}`);
  ink.scale(scale, scale);
  ink.font = `12px ${style.fontFamily}`;
  // The lines that are brushed away lie below.
  for (const wanted of [false, true]) {
    ink.globalAlpha = wanted ? Math.max(0.15, Math.min(0.9, 60 / inside.length)) : 0.6;
    inside.forEach((is, run) => {
      if (is !== wanted) return;
      ink.strokeStyle = wanted ? hue(axes.at(-1)!, run) : token('line');
      line(ink, axes, run, width);
    });
  }
  ink.globalAlpha = 1;
  axes.forEach((axis, i) => drawAxis(ink, axis, xOf(i, axes.length, width), brushes.get(axis.name), token));
}

/** From blue to orange by the last axis, readable on dark and light. */
function hue(axis: Axis, run: number): string {
  const at = along(axis, axis.at[run]);
  return at === null ? '#888' : `hsl(${210 + 180 * at} 80% ${theme.peek() === 'dark' ? 64 : 42}%)`;
}

function line(ink: CanvasRenderingContext2D, axes: Axis[], run: number, width: number): void {
  let pen = false;
  ink.beginPath();
  axes.forEach((axis, i) => {
    const at = along(axis, axis.at[run]);
    const x = xOf(i, axes.length, width);
    if (at === null) pen = false;
    else if (pen) ink.lineTo(x, yOf(at));
    else { ink.moveTo(x, yOf(at)); pen = true; }
  });
  ink.stroke();
}

function drawAxis(ink: CanvasRenderingContext2D, axis: Axis, x: number, brush: Brush | undefined, token: (name: string) => string): void {
  ink.fillStyle = token('edge');
  ink.fillRect(x - 0.5, top, 1, height - top - bottom);
  if (brush) { ink.fillStyle = token('accent'); ink.globalAlpha = 0.35; ink.fillRect(x - 6, yOf(brush[1]), 12, yOf(brush[0]) - yOf(brush[1])); ink.globalAlpha = 1; }
  ink.textAlign = 'center';
  ink.fillStyle = token('fg');
  ink.fillText(shortened(axis.name.split('.').at(-1)!) + (axis.isLog ? ' (log)' : ''), x, 14);
  ink.fillStyle = token('dim');
  ink.textAlign = 'left';
  const marks = axis.words && axis.words.length <= 8 ? axis.words.map((w, i) => [w, i / (axis.words!.length - 1)] as const) : [0, 0.5, 1].map((s) => [mark(valueAt(axis, s)), s] as const);
  // A rim of the ground's colour keeps the words readable on the lines.
  ink.strokeStyle = token('bg');
  ink.lineWidth = 4;
  for (const [text, at] of marks) {
    ink.strokeText(shortened(text), x + 5, yOf(at) + 4);
    ink.fillText(shortened(text), x + 5, yOf(at) + 4);
  }
  ink.lineWidth = 1;
}

const shortened = (text: string) => { const t = plain(text); return t.length > 15 ? `${t.slice(0, 14)}…` : t; };
