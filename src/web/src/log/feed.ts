// The newest lines of a log as they come over the live connection, kept in memory whether they are looked at or not.
import type { ServerFrame, State } from '../api';
import { bytes } from '../format';
import { live } from '../live';
import { Assembler } from './assemble';
import { endOf, type Part } from './places';
import { endOfRow, LiveLine, replaced, type LineRow, type NoteRow, type Row } from './rows';
import { encode, frameBytes } from './text';

export const mostRows = 5000;
/** Above this a line that may be unfinished is not asked for again from its start. */
const longLine = 65_536;

export interface FeedHost {
  run: string;
  parts(): Part[];
  setParts(parts: Part[]): void;
  took(rows: Row[], lines: number): void;
  ended(state: State): void;
  problem(text: string): void;
}

export class Feed {
  /** The newest rows, unbroken; they begin at `from`. */
  recent: Row[] = [];
  from = 0;
  private assembler = new Assembler(0);
  private part = 0;
  private number: number | null = null;
  private stopLive: (() => void) | null = null;
  private readonly heard: { at: number; lines: number }[] = [];
  private latest = '';
  /** The last line as the server sent it before: with its time. */
  private first: LineRow | null = null;

  constructor(private readonly host: FeedHost, private readonly raw: boolean) {}

  /** Goes on behind the last row that is there. It is asked for again: only its bytes say whether it has ended. */
  begin(part: number, last: LineRow | null, to: number): void {
    this.part = part;
    this.first = last;
    this.number = this.raw ? null : last?.number ?? (to === 0 ? 1 : null);
    if (!last) this.assembler = new Assembler(to, !this.raw);
    else if (last.length < longLine) this.assembler = new Assembler(last.line.offset, !this.raw);
    else this.goOn(last);
    this.from = this.base + this.assembler.start;
    const { attempt, generation } = this.cursor();
    this.stopLive = live.subscribe({ topic: 'log', run: this.host.run, attempt, generation, offset: this.assembler.next }, (f) => this.frame(f), () => this.cursor());
  }

  stop(): void {
    this.stopLive?.();
    this.stopLive = null;
  }

  /** The line that is still being written. */
  open(): LineRow | null {
    const line = this.assembler.unfinished();
    return line && { kind: 'line', pos: this.base + line.offset, length: line.length, part: this.part, number: this.number, line: new LiveLine(line, this.latest), open: true };
  }

  /** Lines a second, over the last five. */
  rate(now: number): number {
    while (this.heard.length > 0 && this.heard[0]!.at < now - 5000) this.heard.shift();
    return this.heard.reduce((sum, h) => sum + h.lines, 0) / 5;
  }

  /** What was missing has come. */
  fill(note: NoteRow, rows: Row[]): void {
    if (this.recent.includes(note)) this.recent = replaced(this.recent, note.pos, endOfRow(note), rows);
  }

  private get base(): number { return this.host.parts()[this.part]?.base ?? 0; }

  private cursor() {
    const { attempt = '', generation = '' } = this.host.parts()[this.part] ?? {};
    return { attempt, generation, offset: this.assembler.next };
  }

  private goOn(last: LineRow): void {
    this.assembler = new Assembler(last.line.offset, !this.raw);
    this.assembler.resume(last.line, encode(last.line.text), last.line.offset + last.length);
  }

  private frame(frame: ServerFrame): void {
    switch (frame.t) {
      case 'data': return this.data(frame.attempt, frame.generation, frame.offset, frameBytes(frame));
      case 'gap': return this.gap(frame);
      case 'rotated': return this.enter(frame.attempt, frame.generation, 'the log was rotated or written anew');
      case 'attempt': return this.enter(frame.attempt, frame.generation, `attempt ${frame.attempt} begins`);
      case 'end': return this.host.ended(frame.state);
      case 'problem': return this.host.problem(frame.problem);
    }
  }

  private data(attempt: string, generation: string, offset: number, bytes: Uint8Array): void {
    this.enter(attempt, generation, 'the log goes on in another file');
    this.latest = new Date().toISOString();
    const { lines, gap } = this.assembler.push(offset, bytes);
    const rows: Row[] = [];
    if (gap) rows.push(this.hole(gap.from, gap.to, 'not received', true));
    for (const line of lines) rows.push(this.row(new LiveLine(line, this.latest)));
    this.heard.push({ at: Date.now(), lines: lines.length });
    this.grow(this.assembler.next);
    this.keep(rows, lines.length);
  }

  private gap(frame: Extract<ServerFrame, { t: 'gap' }>): void {
    this.enter(frame.attempt, frame.generation, 'the log goes on in another file');
    const { gap } = this.assembler.push(frame.to, new Uint8Array(0));
    if (!gap) return;
    const why = { slow: 'left out because they came faster than this page could take', rotated: 'rotated away before they were read', gone: 'gone before they were read' }[frame.why];
    this.grow(frame.to);
    this.keep([this.hole(gap.from, gap.to, why, frame.why === 'slow')], 0);
  }

  private hole(from: number, to: number, why: string, loads: boolean): NoteRow {
    this.number = null;
    return { kind: 'note', pos: this.base + from, length: to - from, part: this.part, text: `${bytes(to - from)} ${why}`, loads };
  }

  /** Another file: what the old one still held is a line now, and a row says so. */
  private enter(attempt: string, generation: string, why: string): void {
    const now = this.host.parts()[this.part];
    if (now && now.attempt === attempt && now.generation === generation) return;
    const last = this.open();
    const parts = [...this.host.parts(), { attempt, generation, base: endOf(this.host.parts()), size: 0, gone: false }];
    this.host.setParts(parts);
    this.part = parts.length - 1;
    this.assembler = new Assembler(0, !this.raw);
    this.number = this.raw ? null : 1;
    const note: NoteRow = { kind: 'note', pos: this.base, length: 0, part: this.part, text: why, loads: false };
    this.keep(last ? [{ ...last, open: false }, note] : [note], last ? 1 : 0);
  }

  private row(line: LiveLine): LineRow {
    const number = this.number;
    if (number !== null) this.number = number + 1;
    const pos = this.base + line.offset;
    if (this.first?.pos === pos && this.first.length === line.length) return this.first;
    return { kind: 'line', pos, length: line.length, part: this.part, number, line, open: false };
  }

  private grow(size: number): void {
    const parts = this.host.parts();
    const part = parts[this.part];
    if (part && size > part.size) this.host.setParts(parts.with(this.part, { ...part, size }));
  }

  private keep(rows: Row[], lines: number): void {
    for (const row of rows) this.recent.push(row);
    // By whole thousands, so that a flood does not move the array for every frame.
    if (this.recent.length > mostRows + 1000) {
      this.recent.splice(0, this.recent.length - mostRows);
      this.from = this.recent[0]!.pos;
    }
    this.host.took(rows, lines);
  }
}

export const endOfRows = (rows: Row[], otherwise: number): number => (rows.length > 0 ? endOfRow(rows.at(-1)!) : otherwise);
