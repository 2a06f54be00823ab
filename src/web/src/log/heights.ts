// How high rows are: all alike, or, when long lines wrap, as measured.
import type { Row } from './rows';

export const rowHeight = 18;

export class Heights {
  private readonly known = new WeakMap<Row, number>();
  private tops = new Float64Array(1);
  private rows: Row[] = [];
  private count = 0;
  private stale = true;

  constructor(readonly wrap: boolean) {}

  use(rows: Row[]): void {
    this.rows = rows;
    this.count = rows.length;
    this.stale = true;
  }

  top(index: number): number {
    if (!this.wrap) return index * rowHeight;
    this.add();
    return this.tops[Math.min(index, this.count)]!;
  }

  get total(): number { return this.top(this.count); }

  /** The row at a height. */
  at(y: number): number {
    if (!this.wrap) return Math.max(0, Math.min(this.count - 1, Math.floor(y / rowHeight)));
    this.add();
    let low = 0;
    let high = Math.max(0, this.count - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Takes a measured height; says whether it was another before. */
  measured(row: Row, height: number): boolean {
    if ((this.known.get(row) ?? rowHeight) === height) return false;
    this.known.set(row, height);
    return this.stale = true;
  }

  private add(): void {
    if (!this.stale) return;
    if (this.tops.length <= this.count) this.tops = new Float64Array(this.count * 2 + 1);
    for (let i = 0; i < this.count; i++) this.tops[i + 1] = this.tops[i]! + (this.known.get(this.rows[i]!) ?? rowHeight);
    this.stale = false;
  }
}
