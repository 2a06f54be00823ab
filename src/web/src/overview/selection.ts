// Which runs are selected, and where the keyboard is.
import { signal } from '@preact/signals';
import type { RunRow } from '../api';

export const selected = signal<ReadonlySet<string>>(new Set());
/** The row that the keys act on; -1: none yet. */
export const cursor = signal(-1);
/** Set when a key moved it: the row takes the focus once it is drawn, so that it is seen and read out. */
export const toFocus = { wanted: false };
let anchor = -1;

export function toggle(id: string, index: number): void {
  const next = new Set(selected.peek());
  if (!next.delete(id)) next.add(id);
  selected.value = next;
  anchor = index;
}

/** All from the last one that was clicked to this one. */
export function extend(index: number, rows: Map<number, RunRow>): void {
  const next = new Set(selected.peek());
  const from = anchor < 0 ? index : anchor;
  for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
    const row = rows.get(i);
    if (row) next.add(row.id);
  }
  selected.value = next;
}

export const select = (ids: Iterable<string>) => { selected.value = new Set(ids); };
export const clear = () => { selected.value = new Set(); anchor = -1; };
