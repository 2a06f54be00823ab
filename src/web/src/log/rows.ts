// The rows in memory: an unbroken stretch of the joined log, and what can be done with it. Pure.
import type { LogLine, Severity } from '../api';
import { bytes } from '../format';
import type { ByteLine } from './assemble';
import { severity } from './severity';
import { decode, shorten } from './text';
import { plainText } from './ansi';

export interface LineRow {
  kind: 'line';
  pos: number;
  length: number;
  part: number;
  /** From 1 in its file; null: not counted. */
  number: number | null;
  line: LogLine;
  /** Its end has not been written yet. */
  open: boolean;
  /** Shown unfolded: the states are rows of their own below it. */
  unfolded?: LineRow;
  /** One state of a line that was unfolded. */
  child?: boolean;
}

/** A row that says something about the log itself. */
export interface NoteRow {
  kind: 'note';
  pos: number;
  length: number;
  part: number;
  text: string;
  /** It stands for bytes that can be fetched. */
  loads: boolean;
}

export type Row = LineRow | NoteRow;

/** A line that came live: its text is worked out when somebody looks, for most lines of a flood nobody does. */
export class LiveLine implements LogLine {
  private shown: string | undefined;
  private bad: Severity | undefined;
  constructor(private readonly raw: ByteLine, readonly at: string) {}
  get offset() { return this.raw.offset; }
  get length() { return this.raw.length; }
  get states() { return this.raw.states; }
  get text() { return (this.shown ??= shorten(decode(this.raw.bytes))); }
  get cut() { return Math.max(0, this.raw.more + (this.raw.bytes.length > 4096 ? decode(this.raw.bytes).length - this.text.length : 0)); }
  get severity() { return (this.bad ??= severity(plainText(this.text))); }
}

export const endOfRow = (row: Row): number => row.pos + row.length;

/** The row that holds a byte: the last that begins at or before it. */
export function indexAt(rows: Row[], pos: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle]!.pos <= pos) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Puts rows in place of all that touch their stretch. */
export function replaced(rows: Row[], from: number, to: number, by: Row[]): Row[] {
  const before = rows.filter((r) => endOfRow(r) <= from && r.pos < from);
  const after = rows.filter((r) => r.pos >= to);
  return [...before, ...by, ...after];
}

/** Lines that the server sent, as rows of a part. */
export function toRows(lines: LogLine[], part: number, base: number, firstNumber: number | null): LineRow[] {
  return lines.map((line, i) => ({
    kind: 'line', pos: base + line.offset, length: line.length, part,
    number: firstNumber === null ? null : firstNumber + i, line, open: false,
  }));
}

/** Rows cut to the stretch that a note stands for: of a line that begins above or goes on below, the rest has a row already. */
export function fitted(rows: Row[], note: NoteRow): Row[] {
  const end = endOfRow(note);
  const kept = rows.filter((r) => r.pos < end);
  const to = endOfRow(kept.at(-1) ?? { ...note, length: 0 });
  // More than one page: what is left stays a row that can be fetched.
  if (to < end) kept.push({ ...note, pos: to, length: end - to, text: `${bytes(end - to)} more` });
  return kept.map((row) => {
    const pos = Math.max(row.pos, note.pos);
    return { ...row, pos, length: Math.min(endOfRow(row), end) - pos };
  });
}

/** A line of a progress bar with its newest states as rows of their own below it. */
export function withStates(row: LineRow, states: LineRow[]): Row[] {
  const first = states[0]!.pos;
  const head: LineRow = { ...row, length: 0, unfolded: row };
  const hidden = row.line.states - states.length;
  const earlier: NoteRow = { kind: 'note', pos: row.pos, length: first - row.pos, part: row.part, text: `${hidden} earlier updates`, loads: false };
  const shown = states.map((s) => ({ ...s, child: true, number: null }));
  // The empty state that a bar begins with is part of the first one.
  if (hidden <= 0) shown[0] = { ...shown[0]!, pos: row.pos, length: endOfRow(shown[0]!) - row.pos };
  return [head, ...(hidden > 0 && first > row.pos ? [earlier] : []), ...shown];
}
