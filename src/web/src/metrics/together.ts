// Curves of several runs: each for itself, or, of many, their mean with the least and the greatest.
import uPlot from 'uplot';
import type { Series } from '../api';
import { faint, lineColour } from '../charts/colours';
import type { Lines } from '../charts/options';
import { smooth } from '../charts/smooth';
import { experimentName } from '../log/names';

/** Above this many single lines tell nothing any more. */
export const mostLines = 50;

/** A run's metric, all its attempts as one curve: of a stretch that was done twice the newer attempt counts. */
export interface Curve { run: string; x: number[]; y: (number | null)[] }
export interface Legend { name: string; colour: string; last: number | null }

export function curveOf(run: string, attempts: Series[]): Curve {
  const x: number[] = [];
  const y: (number | null)[] = [];
  attempts.forEach((one, i) => {
    const next = Math.min(...attempts.slice(i + 1).map((later) => later.x[0] ?? Infinity));
    one.x.forEach((at, k) => { if (at < next && at > (x.at(-1) ?? -Infinity)) { x.push(at); y.push(one.last[k] ?? null); } });
  });
  return { run, x, y };
}

export function singles(curves: Curve[], weight: number, name: (run: string) => string): { lines: Lines; legend: Legend[] } {
  const used = curves.filter((c) => c.x.length > 0);
  return {
    lines: {
      data: used.length > 0 ? uPlot.join(used.map((c) => [c.x, weight > 0 ? smooth(c.x, c.y, weight) : c.y] as uPlot.AlignedData)) : [[]],
      series: used.map((c, i) => ({ label: c.run, stroke: lineColour(i), width: 1.5, points: { show: false }, ...(i >= 10 ? { dash: [6, 2 + (Math.floor(i / 10) % 4) * 2] } : {}) })),
      bands: [], marks: [],
    },
    legend: used.map((c, i) => ({ name: name(c.run), colour: lineColour(i), last: c.y.findLast((v) => v !== null) ?? null })),
  };
}

const places = 200;

export function means(curves: Curve[], weight: number): { lines: Lines; legend: Legend[] } {
  const groups = new Map<string, Curve[]>();
  for (const curve of curves) if (curve.x.length > 0) groups.set(experimentName(curve.run), [...(groups.get(experimentName(curve.run)) ?? []), curve]);
  const lines: Lines = { data: [[]], series: [], bands: [], marks: [] };
  const legend: Legend[] = [];
  const tables = [...groups].map(([name, all], i) => {
    const { x, mean, least, most } = spread(all);
    const colour = lineColour(i);
    const shown = weight > 0 ? smooth(x, mean, weight) : mean;
    lines.bands.push({ series: [lines.series.length + 2, lines.series.length + 1], fill: faint(colour, 0.16) });
    lines.series.push({ label: `${name} min`, width: 0, points: { show: false } }, { label: `${name} max`, width: 0, points: { show: false } }, { label: name, stroke: colour, width: 2, points: { show: false } });
    legend.push({ name: `${name}: mean of ${all.length} runs`, colour, last: shown.findLast((v) => v !== null) ?? null });
    return [x, least, most, shown] as uPlot.AlignedData;
  });
  if (tables.length > 0) lines.data = uPlot.join(tables);
  return { lines, legend };
}

function spread(curves: Curve[]) {
  const from = Math.min(...curves.map((c) => c.x[0]!));
  const to = Math.max(...curves.map((c) => c.x.at(-1)!));
  const x = Array.from({ length: places }, (_, i) => from + ((to - from) * i) / (places - 1));
  const columns = x.map((at) => curves.map((c) => valueOn(c, at)).filter((v) => v !== null));
  const of = (pick: (values: number[]) => number) => columns.map((values) => (values.length > 0 ? pick(values) : null));
  return { x, mean: of((v) => v.reduce((a, b) => a + b, 0) / v.length), least: of((v) => Math.min(...v)), most: of((v) => Math.max(...v)) };
}

/** On the line between its points; null: outside of them. */
function valueOn(curve: Curve, at: number): number | null {
  const { x, y } = curve;
  if (at < x[0]! || at > x.at(-1)!) return null;
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const [a, b] = [y[low] ?? null, y[high] ?? null];
  if (a === null || b === null) return a ?? b;
  return x[high] === x[low] ? a : a + ((b - a) * (at - x[low]!)) / (x[high]! - x[low]!);
}
