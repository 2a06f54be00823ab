// The lines themselves, with the track beside them.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../format';
import type { DrawOptions, TimeMode } from './draw';
import { highlight, matcher } from './highlight';
import type { LogModel } from './model';
import { Painter } from './painter';
import { endOfRow, type Row } from './rows';
import type { Search } from './search';
import { Track } from './Track';

interface Props {
  model: LogModel;
  search: Search;
  time: TimeMode;
  wrap: boolean;
  started: number | null;
  /** The marked lines changed by hand. */
  onMark: () => void;
}

export function Viewport({ model, search, time, wrap, started, onMark }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const painter = useRef<Painter | null>(null);
  useEffect(() => {
    const element = scroll.current!;
    const options: DrawOptions = { time, started, raw: model.raw };
    const mine = painter.current = new Painter(element, model, options, wrap);
    let pattern: RegExp | null = null;
    mine.onPaint = (block) => highlight(block, pattern);
    const stop = effect(() => {
      void [model.marked.value, model.current.value];
      pattern = search.course.value.state === 'idle' ? null : matcher(search.wish.value);
      mine.soon();
    });
    if (document.activeElement === document.body) element.focus({ preventScroll: true });
    return () => { stop(); mine.close(); };
  }, [model, time, wrap, started]);
  const clicked = (event: MouseEvent) => {
    const target = event.target as Element;
    const row = painter.current?.rowOf(target);
    if (!row) return;
    if (target.closest('a.no')) { event.preventDefault(); mark(model, row, event.shiftKey); onMark(); return; }
    const act = target.closest<HTMLElement>('[data-act]')?.dataset.act;
    if (act === 'load' && row.kind === 'note') void model.fill(row);
    if (act === 'fold' && row.kind === 'line') void model.unfold(row);
  };
  // A flood read aloud helps nobody.
  const calm = model.follow.value && model.rate() < 3;
  return (
    <div class="log-body">
      <div id="log-lines" class="log-scroll" ref={scroll} tabIndex={0} role="log" aria-live={calm ? 'polite' : 'off'} aria-label="Log lines" onClick={clicked} />
      <Track model={model} search={search} />
      <Pill model={model} />
    </div>
  );
}

function Pill({ model }: { model: LogModel }) {
  if (model.follow.value || !model.growing.value || !model.newest) return null;
  return (
    <button type="button" class="log-pill" onClick={() => model.setFollow(true)}>
      {model.fresh.value > 0 ? `${plural(model.fresh.value, 'new line')} ↓` : 'Follow the end ↓'}
    </button>
  );
}

/** With Shift from the line that was marked before to this one. */
function mark(model: LogModel, row: Row, extend: boolean): void {
  const before = model.marked.peek();
  const stretch = { from: row.pos, to: endOfRow(row.kind === 'line' && row.unfolded ? row.unfolded : row) };
  model.follow.value = false;
  model.marked.value = extend && before
    ? { from: Math.min(before.from, stretch.from), to: Math.max(before.to, stretch.to) }
    : before?.from === stretch.from && before.to === stretch.to ? null : stretch;
  model.current.value = row.pos;
}
