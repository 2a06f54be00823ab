// The settings that differ and the metrics as axes: numbers as they are, or by their logarithm; words by their place in order.
import type { Comparison } from '../api';
import { number } from '../format';

export interface Axis {
  name: string;
  kind: 'setting' | 'metric';
  /** Where each run is: its number, or the place of its word; null: nowhere. */
  at: (number | null)[];
  low: number;
  high: number;
  isLog: boolean;
  /** For words: what stands at 0, 1, 2 … */
  words: string[] | null;
}

/** Metrics come last, the chosen one at the very end. */
export function axesOf(comparison: Comparison, metric: string | null): Axis[] {
  const settings = comparison.differing.map((d) => ofTexts(d.key, d.values));
  const metrics = comparison.metrics
    .map((m) => ofNumbers(m.name, 'metric', m.best.map((best, i) => best ?? m.last[i] ?? null)))
    .sort((a, b) => Number(a.name === metric) - Number(b.name === metric));
  return [...settings, ...metrics].filter((a) => a.high > a.low);
}

function ofTexts(name: string, values: (string | null)[]): Axis {
  const numbers = values.map((v) => (v === null || v.trim() === '' ? null : Number(v)));
  if (numbers.every((n) => n === null || Number.isFinite(n))) return ofNumbers(name, 'setting', numbers);
  const words = [...new Set(values.filter((v) => v !== null))].sort();
  return { name, kind: 'setting', at: values.map((v) => (v === null ? null : words.indexOf(v))), low: 0, high: words.length - 1, isLog: false, words };
}

function ofNumbers(name: string, kind: Axis['kind'], values: (number | null)[]): Axis {
  const at = values.map((v) => (v !== null && Number.isFinite(v) ? v : null));
  const known = at.filter((v) => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return { name, kind, at, low, high, isLog: low > 0 && high / low >= (kind === 'setting' ? 50 : 1000), words: null };
}

/** 0 … 1 along the axis; null: nowhere on it. */
export function along(axis: Axis, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  return axis.isLog
    ? Math.log(value / axis.low) / Math.log(axis.high / axis.low)
    : (value - axis.low) / (axis.high - axis.low);
}

/** The value that stands at a share of the axis. */
export const valueAt = (axis: Axis, share: number): number =>
  (axis.isLog ? axis.low * (axis.high / axis.low) ** share : axis.low + share * (axis.high - axis.low));

/** A number at an axis, without zeros that say nothing. */
export const mark = (value: number): string => (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6 ? number(value) : String(Number(value.toPrecision(3))));

/** How strongly the order of one goes with the order of the other: Spearman, -1 … 1; null: too few have both. */
export function rankCorrelation(a: Axis, b: Axis): number | null {
  const both = a.at.map((x, i) => [x, b.at[i]] as const).filter((p): p is readonly [number, number] => p[0] !== null && p[1] !== null && p[1] !== undefined);
  if (both.length < 4) return null;
  const [ra, rb] = [ranks(both.map((p) => p[0])), ranks(both.map((p) => p[1]))];
  const mean = (both.length - 1) / 2;
  let up = 0, da = 0, db = 0;
  ra.forEach((r, i) => { up += (r - mean) * (rb[i]! - mean); da += (r - mean) ** 2; db += (rb[i]! - mean) ** 2; });
  return da === 0 || db === 0 ? null : up / Math.sqrt(da * db);
}

/** Equal values share the mean of their places. */
function ranks(values: number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const result = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let k = from; k <= to; k++) result[order[k]!] = (from + to) / 2;
    from = to + 1;
  }
  return result;
}
