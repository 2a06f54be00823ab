// One row as elements. Text reaches the page only as text nodes.
import { bytes, count } from '../format';
import { pieces, plainText } from './ansi';
import { parseBar, type Bar } from './bar';
import type { LineRow, NoteRow, Row } from './rows';

export const timeModes = ['none', 'local', 'UTC', 'relative'] as const;
export type TimeMode = (typeof timeModes)[number];

export interface DrawOptions {
  time: TimeMode;
  /** What relative times count from, in milliseconds. */
  started: number | null;
  raw: boolean;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, classes: string, text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

export const drawRow = (row: Row, options: DrawOptions): HTMLElement => (row.kind === 'note' ? drawNote(row) : drawLine(row, options));

function drawNote(row: NoteRow): HTMLElement {
  const made = element('div', 'ln note-ln');
  made.append(element('span', 'no'), element('span', 'tx', `— ${row.text} —`));
  if (row.loads) made.append(button('load', 'Load them'));
  return made;
}

function drawLine(row: LineRow, options: DrawOptions): HTMLElement {
  const { line } = row;
  const made = element('div', `ln${line.severity === 'none' ? '' : ` ${line.severity}`}${row.child ? ' child' : ''}`);
  const number = element('a', 'no', row.child ? '' : row.number === null ? `@${line.offset}` : count(row.number));
  number.tabIndex = -1;
  number.title = 'Mark this line and put its link into the address; with Shift a range';
  made.append(number);
  if (options.time !== 'none') made.append(element('time', 'at', line.at ? clock(line.at, options) : ''));
  const text = element('span', 'tx');
  const bar = options.raw || row.child ? null : parseBar(plainText(line.text));
  if (bar) drawBar(text, bar);
  else for (const piece of pieces(line.text)) text.append(piece.classes ? element('span', piece.classes, piece.text) : piece.text);
  if (line.cut > 0) text.append(element('span', 'cut', ` … ${bytes(line.cut)} more`));
  if (line.states > 1) text.append(' ', updates(row));
  made.append(text);
  return made;
}

function updates(row: LineRow): HTMLElement {
  const words = `${row.unfolded ? '▾' : '▸'} ${count(row.line.states)} updates`;
  if (!row.open) return button('fold', words);
  const made = element('span', 'chip', words);
  made.title = 'Still growing. The raw view (p) shows every update.';
  return made;
}

function drawBar(into: HTMLElement, bar: Bar): void {
  into.classList.add('bar-ln');
  if (bar.label) into.append(element('span', 'bar-label', bar.label), ' ');
  const meter = element('progress', '');
  meter.value = bar.share;
  meter.textContent = `${Math.round(bar.share * 100)}%`;
  into.append(meter, element('b', '', ` ${Math.round(bar.share * 100)}%`), ` ${bar.count} `);
  into.append(element('span', 'chip', `${bar.elapsed} < ${bar.left}`));
  for (const chip of bar.chips) into.append(' ', element('span', 'chip', chip));
}

function button(act: string, text: string): HTMLButtonElement {
  const made = element('button', 'ln-act', text);
  made.type = 'button';
  made.dataset.act = act;
  return made;
}

const two = (n: number) => String(n).padStart(2, '0');

export function clock(iso: string, options: DrawOptions): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  if (options.time === 'UTC') return iso.endsWith('Z') ? iso.slice(11, 19) : at.toISOString().slice(11, 19);
  if (options.time === 'local') return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (options.started === null) return '';
  const seconds = Math.round((at.getTime() - options.started) / 1000);
  const size = Math.abs(seconds);
  return `${seconds < 0 ? '-' : '+'}${Math.floor(size / 3600)}:${two(Math.floor(size / 60) % 60)}:${two(size % 60)}`;
}
