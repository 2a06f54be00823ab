// What the server says of one metric, as the lines of a chart: one an attempt, the newest in full, those before it faint.
import uPlot from 'uplot';
import type { Metrics, Series } from '../api';
import { faint, lineColour } from '../charts/colours';
import type { Lines, Mark } from '../charts/options';
import { smooth } from '../charts/smooth';

export interface LineChoice { smoothing: number; logX: boolean; logY: boolean }

type Column = (number | null)[];

export function linesOf(all: Series[], markers: Metrics['markers'], choice: LineChoice): Lines {
  const tables: uPlot.AlignedData[] = [];
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  const colour = lineColour(0);
  const add = (values: Column, into: Column[], look: uPlot.Series) => { into.push(values); series.push({ points: { show: values.length < 3 }, ...look }); };
  all.forEach((one, i) => {
    const used = usable(one, choice);
    const columns: Column[] = [];
    const soft = choice.smoothing > 0 ? smooth(used.x, used.last, choice.smoothing) : used.last;
    const label = `${one.attempt} ${one.source}`;
    if (i < all.length - 1) add(soft, columns, { label, stroke: faint(colour, 0.38), width: 1 });
    else {
      bands.push({ series: [series.length + 2, series.length + 1], fill: faint(colour, 0.14) });
      add(used.min, columns, { label: `${label} min`, width: 0, points: { show: false } });
      add(used.max, columns, { label: `${label} max`, width: 0, points: { show: false } });
      if (choice.smoothing > 0) add(used.last, columns, { label: `${label} raw`, stroke: faint(colour, 0.3), width: 1 });
      add(soft, columns, { label, stroke: colour, width: 1.5 });
    }
    tables.push([used.x, ...columns] as uPlot.AlignedData);
  });
  return { data: tables.length > 0 ? uPlot.join(tables) : [[]], series, bands, marks: [...markers, ...badMarks(all)] };
}

interface Used { x: number[]; last: Column; min: Column; max: Column }

/** In order, and without what a logarithm cannot show. */
function usable(one: Series, { logX, logY }: LineChoice): Used {
  const order = one.x.map((_, i) => i).filter((i) => !logX || one.x[i]! > 0).sort((a, b) => one.x[a]! - one.x[b]!).filter((i, at, all) => at === 0 || one.x[i] !== one.x[all[at - 1]!]);
  const column = (values: Column) => order.map((i) => { const v = values[i] ?? null; return v !== null && logY && v <= 0 ? null : v; });
  return { x: order.map((i) => one.x[i]!), last: column(one.last), min: column(one.min), max: column(one.max) };
}

const badMarks = (all: Series[]): Mark[] =>
  all.flatMap((one) => one.x.flatMap((x, i) => (one.bad[i] ? [{ x, kind: 'bad' as const, text: `${one.bad[i]} values are no numbers` }] : [])));

export const badCount = (all: Series[]): number => all.reduce((sum, one) => sum + one.bad.reduce((a, b) => a + b, 0), 0);

/** The value of the newest attempt at a place, or its last. */
export function valueAt(all: Series[], x: number | null): { x: number; value: number | null } | null {
  const one = all.at(-1);
  if (!one || one.x.length === 0) return null;
  const i = x === null ? one.x.length - 1 : nearest(one.x, x);
  return { x: one.x[i]!, value: one.last[i] ?? null };
}

/** The point that lies nearest to where was clicked: its attempt, and the byte of the log that it comes from. */
export function pointAt(all: Series[], x: number, y: number): { attempt: string; offset: number } | null {
  let best: { attempt: string; offset: number } | null = null;
  let distance = Infinity;
  for (const one of all) {
    const i = nearest(one.x, x);
    const offset = one.offset[i] ?? -1;
    const inside = one.x.length > 0 && x >= one.x[0]! && x <= one.x.at(-1)!;
    const away = Math.abs((one.last[i] ?? Infinity) - y) + (inside ? 0 : 1e300);
    if (offset >= 0 && away < distance) { best = { attempt: one.attempt, offset }; distance = away; }
  }
  return best;
}

function nearest(x: number[], to: number): number {
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < to) low = middle + 1;
    else high = middle;
  }
  return low > 0 && to - x[low - 1]! < x[low]! - to ? low - 1 : low;
}
