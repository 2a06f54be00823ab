// Which rows are to be drawn, of a list that scrolls with the page.
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

export interface Visible { first: number; last: number; before: number; after: number; scrollTo: (index: number) => void }

/** `body` is the element whose top is the first row's. */
export function useVisible(count: number, rowHeight: number, body: RefObject<HTMLElement | null>, covered: number): Visible {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const margin = useRef(0);
  const options = {
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    scrollMargin: margin.current,
    scrollPaddingStart: covered,
    initialOffset: () => scrollY,
    overscan: 12,
    onChange: () => redraw(0),
  };
  const kept = useRef<Virtualizer<Window, HTMLElement>>(null);
  const virtualizer = (kept.current ??= new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  const size = useRef(rowHeight);
  if (size.current !== rowHeight) { size.current = rowHeight; virtualizer.measure(); }
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    const top = body.current ? Math.round(body.current.getBoundingClientRect().top + scrollY) : 0;
    if (top !== margin.current) { margin.current = top; redraw(0); }
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  return { first, last, before: first * rowHeight, after: Math.max(0, count - 1 - last) * rowHeight, scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }) };
}
