// What the log view knows: an unbroken stretch of rows around the viewport, the parts it comes from, and what is marked.
import { signal } from '@preact/signals';
import type { LogMarks, RunDetail } from '../api';
import { endOfRows, Feed, mostRows } from './feed';
import { Pages } from './pages';
import { endOf, hashOf, joinParts, partAt, partOf, type Part, type Span } from './places';
import { endOfRow, fitted, replaced, toRows, withStates, type LineRow, type NoteRow, type Row } from './rows';
import { getInfo, getTail } from './source';

const page = 500;
const smallGap = 262_144;

export interface Stretch { from: number; to: number }

export class LogModel {
  rows: Row[] = [];
  readonly parts = signal<Part[]>([]);
  readonly follow = signal(false);
  /** Lines that came while the end was out of sight. */
  readonly fresh = signal(0);
  readonly growing = signal(false);
  readonly ready = signal(false);
  /** Why there is nothing to show. */
  readonly problem = signal<string | null>(null);
  /** Something that happened, to be read and forgotten. */
  readonly notice = signal<string | null>(null);
  readonly marked = signal<Stretch | null>(null);
  readonly current = signal<number | null>(null);
  /** One an attempt. */
  readonly marks = signal<LogMarks[]>([]);
  /** The bytes in view. */
  readonly view = signal<Stretch>({ from: 0, to: 0 });
  /** Where the log begins here: above it there is more, which was not asked for. */
  readonly floor = signal(0);
  path = '';
  /** Where the viewport is to go with its next paint. */
  seek: { pos: number; align: 'top' | 'third' } | null = null;
  onChange: () => void = () => {};
  /** Rows in view; no row near them is given up. */
  shown = { first: 0, last: 0 };

  private feed: Feed | null = null;
  /** The rows reach to the newest line and grow with it. */
  private attached = false;
  private busy = { before: false, after: false };
  /** Counts openings: what was asked before the last one is dropped. */
  private turn = 0;
  private readonly pages: Pages;

  constructor(readonly run: string, readonly attempt: string, readonly newest: boolean, readonly raw: boolean, private readonly limit: number) {
    this.pages = new Pages(run, this.parts, (problem) => { this.notice.value = problem; });
  }

  async open(detail: RunDetail, at: Span | number | null): Promise<void> {
    const turn = ++this.turn;
    const [info, tail] = await Promise.all([getInfo(this.run, this.attempt), getTail(this.run, this.attempt, this.limit || page, this.raw)]);
    if (turn !== this.turn) return;
    const trouble = !info.ok ? info.problem.problem : !tail.ok ? tail.problem.problem : info.value.problem;
    this.problem.value = trouble;
    this.ready.value = true;
    if (!info.ok || !tail.ok) return;
    this.path = info.value.path;
    this.growing.value = info.value.growing;
    const { attempt, generation, size } = tail.value;
    this.parts.value = joinParts([...info.value.parts, { attempt, generation, size }]);
    const part = this.parts.value.length - 1;
    const base = this.parts.value[part]!.base;
    this.rows = toRows(tail.value.lines, part, base, this.raw ? null : tail.value.first_number);
    this.floor.value = this.limit ? base + tail.value.from : 0;
    if (this.rows.length > mostRows) this.rows = this.rows.slice(-mostRows);
    this.listen(part, tail.value.to);
    this.start(detail, at);
  }

  close(): void {
    this.turn++;
    this.rows = [];
    this.feed?.stop();
    this.feed = null;
  }

  get end(): number { return endOf(this.parts.value); }
  rate(): number { return this.feed?.rate(Date.now()) ?? 0; }

  setFollow(on: boolean): void {
    if (this.follow.peek() === on) return;
    if (on && !this.feed) return this.toEnd();
    this.follow.value = on;
    if (!on) return;
    this.fresh.value = 0;
    this.current.value = null;
    getSelection()?.removeAllRanges();
    if (!this.attached) { this.rows = []; this.attach(); }
    this.onChange();
  }

  /** Shows a byte: at once where it is in memory, else when it has come. */
  async jump(pos: number, align: 'top' | 'third' = 'third'): Promise<void> {
    this.follow.value = false;
    this.seek = { pos, align };
    if (this.rows.length > 0 && pos >= this.rows[0]!.pos && pos < endOfRows(this.rows, 0)) return this.onChange();
    const turn = ++this.turn;
    const found = await this.pages.around(pos, 200, page, this.raw);
    if (turn !== this.turn || found.length === 0) return;
    this.rows = found;
    this.attached = false;
    this.attach();
    this.seek = { pos, align };
    this.onChange();
  }

  toStart(): void { void this.jump(this.floor.value, 'top'); }

  toEnd(): void {
    if (this.feed && this.growing.value) return this.setFollow(true);
    void this.jump(Math.max(0, this.end - 1), 'top');
  }

  /** Opens the place that a link names. */
  show(span: Span): void {
    this.notice.value = null;
    let at = partOf(this.parts.value, span.attempt, span.generation);
    if (at < 0) {
      at = partOf(this.parts.value, span.attempt, '');
      this.notice.value = `Generation ${span.generation} of attempt ${span.attempt} is gone; this is the nearest place in what there is now.`;
    }
    const part = this.parts.value[Math.max(0, at)];
    if (!part) return;
    const from = part.base + Math.min(span.offset, Math.max(0, part.size - 1));
    const to = Math.max(from + 1, part.base + Math.min(span.to, part.size));
    if (at >= 0 && span.offset <= part.size) this.marked.value = { from, to };
    this.current.value = from;
    if (from < this.floor.value) this.floor.value = 0;
    void this.jump(from);
  }

  /** The link to a stretch of the joined log; it ends with the part that it begins in. */
  hashOf(stretch: Stretch): string {
    const part = this.parts.value[partAt(this.parts.value, stretch.from)];
    if (!part) return '';
    return hashOf({ attempt: part.attempt, generation: part.generation, offset: stretch.from - part.base, to: Math.min(stretch.to, part.base + part.size) - part.base });
  }

  async loadBefore(): Promise<void> {
    const first = this.rows[0]?.pos ?? this.feed?.from ?? 0;
    if (this.busy.before || first <= this.floor.value) return;
    this.busy.before = true;
    const turn = this.turn;
    const rows = await this.pages.before(first, page, this.raw);
    this.busy.before = false;
    if (turn !== this.turn || (this.rows[0]?.pos ?? first) !== first) return;
    // A line whose end is here already as a row of its own takes its place.
    const end = endOfRows(rows, first);
    if (end < first) rows.push({ kind: 'note', pos: end, length: first - end, part: rows.at(-1)!.part, text: 'the beginning of the line below', loads: true });
    this.rows = [...rows, ...this.rows.filter((r) => r.pos >= end)];
    this.trimBottom();
    this.onChange();
  }

  async loadAfter(): Promise<void> {
    const last = endOfRows(this.rows, 0);
    if (this.attached || this.busy.after || this.rows.length === 0) return;
    if (this.feed && last >= this.feed.from) { this.attach(); return this.onChange(); }
    if (last >= this.end) return;
    this.busy.after = true;
    const turn = this.turn;
    const rows = await this.pages.after(last, page, this.raw);
    this.busy.after = false;
    if (turn !== this.turn || endOfRows(this.rows, 0) !== last) return;
    const start = rows[0]?.pos ?? last;
    this.rows = [...this.rows.filter((r) => r.pos < start), ...rows];
    this.attach();
    this.trimTop();
    this.onChange();
  }

  /** Fetches what a row stands for, and puts it in its place. */
  async fill(note: NoteRow): Promise<void> {
    if (!this.rows.includes(note)) return;
    const rows = await this.pages.after(note.pos, 2000, this.raw);
    if (rows.length === 0 || !this.rows.includes(note)) return;
    const kept = fitted(rows, note);
    this.rows = replaced(this.rows, note.pos, endOfRow(note), kept);
    this.feed?.fill(note, kept);
    this.onChange();
  }

  /** Shows every state of a progress bar, the newest 500, or folds them again. */
  async unfold(row: LineRow): Promise<void> {
    const end = endOfRow(row.unfolded ?? row);
    if (row.unfolded) this.rows = replaced(this.rows, row.pos, end, [row.unfolded]);
    else {
      const states = (await this.pages.before(end, page, true)).filter((r): r is LineRow => r.kind === 'line' && r.pos >= row.pos && r.line.text !== '');
      if (states.length === 0 || !this.rows.includes(row)) return;
      this.rows = replaced(this.rows, row.pos, end, withStates(row, states));
    }
    this.onChange();
  }

  private listen(part: number, to: number): void {
    const run = this.run;
    this.feed?.stop();
    this.feed = null;
    this.attached = false;
    if (!this.newest) return;
    const last = this.rows.at(-1);
    this.feed = new Feed({
      run,
      parts: () => this.parts.peek(),
      setParts: (parts) => { this.parts.value = parts; },
      took: (rows, lines) => this.took(rows, lines),
      ended: (state) => {
        this.growing.value = this.follow.value = false;
        this.notice.value = `The run has ended: ${state.replace('_', ' ')}.`;
      },
      problem: (text) => { this.notice.value = text; },
    }, this.raw);
    this.feed.begin(part, last?.kind === 'line' ? last : null, to);
    this.attach();
  }

  private start(detail: RunDetail, at: Span | number | null): void {
    const bad = detail.diagnosis;
    if (typeof at === 'number') void this.jump(at, 'top');
    else if (at) this.show(at);
    else if (this.growing.value && this.feed) this.setFollow(true);
    else if (bad && bad.attempt === this.attempt) {
      this.show({ attempt: bad.attempt, generation: bad.generation, offset: bad.offset, to: bad.offset });
      this.marked.value = null;
    } else this.toEnd();
    this.onChange();
  }

  private took(rows: Row[], lines: number): void {
    if (!this.growing.peek() && lines > 0) this.growing.value = true;
    if (!this.follow.peek()) this.fresh.value += lines;
    if (!this.attached) return;
    // A small gap is fetched at once; and the line that was unfinished gives way to what it became.
    const missed = rows.find((r) => r.kind === 'note' && r.loads && r.length <= smallGap);
    if (missed) setTimeout(() => void this.fill(missed as NoteRow));
    const open = this.feed?.open();
    const from = rows[0]?.pos ?? open?.pos ?? Infinity;
    while (this.rows.length > 0 && this.rows.at(-1)!.pos >= from && this.rows.at(-1)!.length > 0) this.rows.pop();
    for (const row of rows) this.rows.push(row);
    if (this.follow.peek()) {
      if (this.rows.length > mostRows) this.rows = this.rows.slice(-mostRows);
    } else if (this.rows.length > mostRows) this.attached = false;
    if (open && this.attached) this.rows.push(open);
    this.onChange();
  }

  /** Joins the rows with the newest ones, where they touch. */
  private attach(): void {
    const feed = this.feed;
    if (!feed || (this.rows.length > 0 && endOfRows(this.rows, 0) < feed.from)) return;
    const before = this.rows.filter((r) => r.pos < feed.from);
    const open = feed.open();
    // Until its bytes come again, the last line stands as the server sent it.
    const again = feed.recent.length === 0 && !open ? this.rows.filter((r) => r.pos >= feed.from) : [];
    const all: Row[] = [...before, ...again, ...feed.recent];
    if (open) all.push(open);
    const most = Math.max(mostRows, this.rows.length + 2 * page);
    this.attached = this.follow.peek() || all.length <= most;
    this.rows = this.attached ? all.slice(-most) : all.slice(0, most);
  }

  private trimTop(): void {
    const spare = Math.min(this.rows.length - mostRows, this.shown.first - page);
    if (spare > 0) this.rows = this.rows.slice(spare);
  }

  private trimBottom(): void {
    if (this.rows.length <= mostRows) return;
    this.rows.length = Math.max(mostRows, this.shown.last + 2 * page);
    this.attached = false;
  }
}
