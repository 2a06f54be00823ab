// The table of runs. Only the rows near the window are in the document, however many there are.
import { useEffect, useRef } from 'preact/hooks';
import type { RunRow } from '../api';
import { useKeys } from '../keys';
import { go } from '../router';
import { columns, type Column } from './columns';
import { answered, applyWaiting, look, rows, steady, type Question } from './runs';
import { clear, cursor, extend, selected, toFocus, toggle } from './selection';
import { changed } from './sorting';
import { useVisible } from './useVisible';
import { useMedia } from './useMedia';

const rowHeight = 28;
const cardHeight = 92;
/** What the sticky header and the column titles cover. */
const covered = 76;

export function RunsTable({ question, sortBy }: { question: Question; sortBy: (sort: string) => void }) {
  const cards = useMedia('(max-width: 600px)');
  const body = useRef<HTMLTableSectionElement>(null);
  const matching = answered.value?.matching ?? 0;
  const seen = useVisible(matching, cards ? cardHeight : rowHeight, body, cards ? 0 : covered);
  useEffect(() => look(question, seen.first, Math.max(seen.last, seen.first + 40)), [question, seen.first, seen.last]);
  useRowKeys(matching, seen.scrollTo);
  const at = answered.value?.at ?? 0;
  return (
    <table class="runs" aria-rowcount={matching + 1} aria-label="Runs"
      onPointerEnter={() => { steady.pointerInside = true; }} onPointerLeave={() => { steady.pointerInside = false; applyWaiting(); }}>
      <thead>
        <tr><th class="c-pick"><span class="hidden-text">Selected</span></th>{columns.map((c) => <Title key={c.name} column={c} sort={question.sort} sortBy={sortBy} />)}</tr>
      </thead>
      <tbody ref={body}>
        {seen.before > 0 && <tr class="space" aria-hidden="true" style={{ height: `${seen.before}px` }} />}
        {Array.from({ length: seen.last - seen.first + 1 }, (_, i) => seen.first + i).map((index) => <Row key={index} index={index} row={rows.value.get(index)} at={at} />)}
        {seen.after > 0 && <tr class="space" aria-hidden="true" style={{ height: `${seen.after}px` }} />}
      </tbody>
    </table>
  );
}

function Title({ column, sort, sortBy }: { column: Column; sort: string; sortBy: (sort: string) => void }) {
  const words = sort.split(',');
  const up = words.includes(column.name);
  const down = words.includes(`-${column.name}`);
  return (
    <th class={`c-${column.name}`} aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <button class="plain" title="Sort; with Shift as the next key" onClick={(e) => sortBy(changed(sort, column, e.shiftKey))}>
        {column.title}<span aria-hidden="true">{up ? ' ↑' : down ? ' ↓' : ''}</span>
      </button>
    </th>
  );
}

function Row({ index, row, at }: { index: number; row: RunRow | undefined; at: number }) {
  const line = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (!row || cursor.value !== index || !toFocus.wanted) return;
    toFocus.wanted = false;
    line.current?.querySelector('a')?.focus({ preventScroll: true });
  }, [row?.id, cursor.value === index]);
  if (!row) return <tr class="not-yet" aria-rowindex={index + 2}><td colSpan={columns.length + 1}>…</td></tr>;
  const isSelected = selected.value.has(row.id);
  const isHere = cursor.value === index;
  return (
    <tr ref={line} class={`${isSelected ? 'selected ' : ''}${isHere ? 'here' : ''}`} aria-rowindex={index + 2} onClick={() => { cursor.value = index; }}>
      <td class="c-pick">
        <input type="checkbox" checked={isSelected} aria-label={`Select ${row.name}`}
          onClick={(e) => { if (e.shiftKey) extend(index, rows.peek()); else toggle(row.id, index); }} />
      </td>
      {columns.map((c) => <td key={c.name} class={`c-${c.name}`} title={c.hint?.(row) || undefined}>{c.cell(row, at)}</td>)}
    </tr>
  );
}

function useRowKeys(matching: number, scrollTo: (index: number) => void): void {
  const move = (by: number) => {
    if (matching === 0) return;
    toFocus.wanted = true;
    cursor.value = Math.min(matching - 1, Math.max(0, cursor.peek() + by));
    scrollTo(cursor.peek());
  };
  const withRow = (act: (row: RunRow, index: number) => void) => () => {
    const row = rows.peek().get(cursor.peek());
    if (row) act(row, cursor.peek());
  };
  // Enter on a button or a link is the browser's.
  const open = (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest('a, button, summary')) (event.target.closest('a, button, summary') as HTMLElement).click();
    else withRow((row) => go(`run/${row.id}`))();
  };
  useKeys({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    Home: () => move(-Infinity), End: () => move(Infinity),
    Enter: open,
    x: withRow((row, i) => toggle(row.id, i)),
    X: withRow((_, i) => extend(i, rows.peek())),
    Escape: clear,
  }, {
    title: 'Runs',
    keys: [['j k ↓ ↑', 'move'], ['Home End', 'first and last run'], ['Enter', 'open the run'], ['x', 'select it'], ['X', 'select up to it'], ['/', 'filter'], ['Esc', 'select nothing']],
  });
}
