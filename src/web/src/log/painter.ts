// Puts the rows in view on the page, at most once a frame. The place stays where the reader is, whatever comes or goes above it.
import { drawRow, type DrawOptions } from './draw';
import { Heights, rowHeight } from './heights';
import type { LogModel } from './model';
import { endOfRow, indexAt, type Row } from './rows';

const beyond = 8;
/** A page is asked for when fewer rows than this are left. */
const near = 250;

export class Painter {
  private heights: Heights;
  private elements = new Map<Row, HTMLElement>();
  private frame = 0;
  private height = 0;
  /** The first row in view, and how far it is scrolled out. */
  private anchor: { row: Row; pos: number; dy: number } | null = null;
  private set = 0;
  private painted: Row[] | null = null;
  private paintedCount = 0;
  private readonly space = document.createElement('div');
  private readonly block = document.createElement('div');
  private readonly resize = new ResizeObserver(() => { this.height = this.scroll.clientHeight; this.soon(); });
  /** Called after every paint: for the highlights of a search. */
  onPaint: (block: HTMLElement) => void = () => {};

  constructor(private readonly scroll: HTMLElement, private readonly model: LogModel, private readonly options: DrawOptions, wrap: boolean) {
    this.heights = new Heights(wrap);
    this.space.className = 'log-space';
    this.block.className = wrap ? 'log-rows wrap' : 'log-rows';
    this.space.append(this.block);
    scroll.replaceChildren(this.space);
    this.height = scroll.clientHeight;
    this.resize.observe(scroll);
    scroll.addEventListener('scroll', this.scrolled, { passive: true });
    scroll.addEventListener('wheel', this.wheeled, { passive: true });
    document.addEventListener('selectionchange', this.selected);
    // Nothing changes under a selection; what came meanwhile is drawn when it is given up, or at the next scrolling.
    model.onChange = () => { if (!this.selecting()) this.soon(); };
    // A painter that comes later (other options) begins where the one before it was.
    if (!model.seek && !model.follow.peek()) model.seek = { pos: model.view.peek().from, align: 'top' };
    this.soon();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.resize.disconnect();
    this.scroll.removeEventListener('scroll', this.scrolled);
    this.scroll.removeEventListener('wheel', this.wheeled);
    document.removeEventListener('selectionchange', this.selected);
  }

  soon(): void {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  rowOf(node: Node): Row | null {
    const found = (node instanceof Element ? node : node.parentElement)?.closest('.ln');
    for (const [row, element] of this.elements) if (element === found) return row;
    return null;
  }

  private paint(): void {
    const { rows } = this.model;
    if (rows !== this.painted || rows.length !== this.paintedCount) this.heights.use(rows);
    this.painted = rows;
    this.paintedCount = rows.length;
    const total = this.heights.total;
    this.space.style.height = `${total}px`;
    this.scrollTo(Math.max(0, Math.min(this.wanted(rows, total), total - this.height)));
    const first = this.heights.at(this.set);
    const last = this.heights.at(this.set + this.height - 1);
    this.remember(rows, first);
    this.show(rows, ...this.range(rows, Math.max(0, first - beyond), Math.min(rows.length - 1, last + beyond)));
    this.model.shown = { first, last };
    const view = { from: rows[first]?.pos ?? 0, to: rows[last] ? endOfRow(rows[last]) : 0 };
    const before = this.model.view.peek();
    if (before.from !== view.from || before.to !== view.to) this.model.view.value = view;
    if (first < near) void this.model.loadBefore();
    if (last > rows.length - near) void this.model.loadAfter();
    this.onPaint(this.block);
  }

  /** Where the view is to be: at the end, at a place that was asked for, or where it was. */
  private wanted(rows: Row[], total: number): number {
    const { model } = this;
    if (model.follow.peek()) { model.seek = null; return total; }
    if (model.seek && rows.length > 0) {
      const { pos, align } = model.seek;
      model.seek = null;
      return this.heights.top(indexAt(rows, pos)) - (align === 'third' ? Math.floor(this.height / 3 / rowHeight) * rowHeight : 0);
    }
    if (!this.anchor) return this.scroll.scrollTop;
    const same = rows.indexOf(this.anchor.row);
    return this.heights.top(same >= 0 ? same : indexAt(rows, this.anchor.pos)) + this.anchor.dy;
  }

  private scrollTo(y: number): void {
    if (Math.abs(this.scroll.scrollTop - y) > 0.5) this.scroll.scrollTop = y;
    this.set = this.scroll.scrollTop;
  }

  private remember(rows: Row[], first: number): void {
    const row = rows[first];
    this.anchor = row ? { row, pos: row.pos, dy: this.set - this.heights.top(first) } : null;
  }

  /** Rows in view, and those that hold the selection: it must survive scrolling. */
  private range(rows: Row[], first: number, last: number): [number, number] {
    if (!this.selecting()) return [first, last];
    const selection = getSelection()!;
    for (const node of [selection.anchorNode, selection.focusNode]) {
      const row = node && this.block.contains(node) ? this.rowOf(node) : null;
      const at = row ? rows.indexOf(row) : -1;
      if (at >= 0) { first = Math.min(first, at); last = Math.max(last, at); }
    }
    return [first, last];
  }

  private show(rows: Row[], first: number, last: number): void {
    const wanted = new Map<Row, HTMLElement>();
    for (let i = first; i <= last; i++) wanted.set(rows[i]!, this.elements.get(rows[i]!) ?? drawRow(rows[i]!, this.options));
    for (const [row, element] of this.elements) if (!wanted.has(row)) element.remove();
    let next = this.block.firstElementChild;
    for (const [row, element] of wanted) {
      this.mark(row, element);
      if (element === next) next = next.nextElementSibling;
      else this.block.insertBefore(element, next);
    }
    this.elements = wanted;
    this.block.style.transform = `translateY(${this.heights.top(first)}px)`;
    if (this.heights.wrap) this.measure();
  }

  private mark(row: Row, element: HTMLElement): void {
    const marked = this.model.marked.peek();
    const inside = marked !== null && row.length > 0 && row.pos < marked.to && endOfRow(row) > marked.from;
    if (inside !== element.classList.contains('marked')) element.classList.toggle('marked', inside);
    const current = row.length > 0 && row.pos === this.model.current.peek();
    if (current !== element.classList.contains('current')) element.classList.toggle('current', current);
  }

  private measure(): void {
    let other = false;
    for (const [row, element] of this.elements) other = this.heights.measured(row, element.offsetHeight) || other;
    if (other) this.soon();
  }

  private readonly scrolled = () => {
    const y = this.scroll.scrollTop;
    if (Math.abs(y - this.set) < 1) return;
    if (y < this.set) this.model.follow.value = false;
    this.set = y;
    if (this.painted) this.remember(this.painted, this.heights.at(y));
    this.soon();
  };

  private readonly wheeled = (event: WheelEvent) => {
    if (event.deltaY < 0 && !event.ctrlKey) this.model.follow.value = false;
    if (this.selecting()) this.soon();
  };

  private readonly selected = () => {
    if (this.selecting()) this.model.follow.value = false;
    else this.soon();
  };

  private selecting(): boolean {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && this.block.contains(selection.anchorNode);
  }
}
