// Bytes of a log, in whatever pieces they come, to lines by their offsets. Pure, and bounded: of a line without an end only its newest state is kept.

/** A line as bytes: what is shown of it, and where it stands. */
export interface ByteLine {
  offset: number;
  length: number;
  /** The newest state, its first bytes. */
  bytes: Uint8Array;
  /** Bytes of that state which are not kept. */
  more: number;
  states: number;
}

export interface Gap { from: number; to: number }
export interface Pushed { lines: ByteLine[]; gap: Gap | null }

/** 4,096 characters of at most four bytes. */
const keptBytes = 16_384;
const lineFeed = 10;
const carriageReturn = 13;
const nothing: Uint8Array = new Uint8Array(0);

export class Assembler {
  /** The byte that comes next. */
  next: number;
  /** Where the unfinished line begins. */
  start: number;
  private states = 0;
  private newest: Uint8Array = nothing;
  private newestMore = 0;
  private state: Uint8Array = nothing;
  private stateMore = 0;
  /** Unfolded: a carriage return came last, and its line feed may follow in the next piece. */
  private held = false;

  constructor(offset: number, private readonly fold = true) {
    this.next = this.start = offset;
  }

  /** Goes on in the middle of a line that was seen elsewhere up to `next`. */
  resume(line: { offset: number; states: number }, newest: Uint8Array, next: number): void {
    this.start = line.offset;
    this.next = next;
    this.states = line.states;
    this.newest = newest;
  }

  push(offset: number, bytes: Uint8Array): Pushed {
    let gap: Gap | null = null;
    if (offset > this.next) {
      gap = { from: this.start, to: offset };
      this.forget(offset);
      this.next = offset;
    } else if (offset < this.next) {
      bytes = bytes.subarray(Math.min(bytes.length, this.next - offset));
    }
    return { lines: this.cut(bytes), gap };
  }

  /** The line that has no end yet; null: the last byte ended one. */
  unfinished(): ByteLine | null {
    if (this.next === this.start) return null;
    const live = this.state.length > 0;
    return {
      offset: this.start, length: this.next - this.start,
      bytes: live ? this.state : this.newest, more: live ? this.stateMore : this.newestMore,
      states: Math.max(1, this.states + (live ? 1 : 0)),
    };
  }

  private cut(bytes: Uint8Array): ByteLine[] {
    const lines: ByteLine[] = [];
    const base = this.next;
    let at = 0;
    let feed = -1;
    let back = -1;
    if (this.held && bytes.length > 0) {
      this.held = false;
      if (bytes[0] === lineFeed) at = 1;
      lines.push(this.endLine(base + at));
    }
    while (at < bytes.length) {
      if (feed < at) feed = find(bytes, lineFeed, at);
      if (back < at) back = find(bytes, carriageReturn, at);
      const end = Math.min(feed, back);
      this.take(bytes.subarray(at, end));
      if (end === bytes.length) break;
      at = end + 1;
      this.endState();
      if (end === feed) lines.push(this.endLine(base + at));
      else if (!this.fold) {
        if (at === bytes.length) { this.held = true; break; }
        if (feed === at) at++;
        lines.push(this.endLine(base + at));
      }
    }
    this.next = base + bytes.length;
    return lines;
  }

  private take(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const room = Math.min(piece.length, keptBytes - this.state.length);
    if (room > 0) this.state = joined(this.state, piece.subarray(0, room));
    this.stateMore += piece.length - room;
  }

  private endState(): void {
    if (this.state.length === 0) return;
    this.newest = this.state;
    this.newestMore = this.stateMore;
    this.states++;
    this.state = nothing;
    this.stateMore = 0;
  }

  private endLine(end: number): ByteLine {
    const line = { offset: this.start, length: end - this.start, bytes: this.newest, more: this.newestMore, states: Math.max(1, this.states) };
    this.forget(end);
    return line;
  }

  private forget(start: number): void {
    this.start = start;
    this.states = 0;
    this.newest = this.state = nothing;
    this.newestMore = this.stateMore = 0;
    this.held = false;
  }
}

const find = (bytes: Uint8Array, byte: number, from: number) => {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
};

/** Always a copy: a row must not keep the whole piece that it came in. */
function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
