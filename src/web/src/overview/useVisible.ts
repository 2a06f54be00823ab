// Which rows are to be drawn, of a list of rows of one height that scrolls with the page.
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';

/** Rows beyond the window's edges, so that a quick scroll finds them drawn. */
const beyond = 12;

export interface Visible { first: number; last: number; before: number; after: number; scrollTo: (index: number) => void }

/** `body` begins with the first row; `covered` pixels at the window's top are hidden by what sticks there. */
export function useVisible(count: number, rowHeight: number, body: RefObject<HTMLElement | null>, covered: number): Visible {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const top = () => (body.current?.getBoundingClientRect().top ?? 0) + scrollY;
  const seen = range(count, rowHeight, scrollY - top());
  useLayoutEffect(() => {
    let asked = 0;
    const changed = () => { asked ||= requestAnimationFrame(() => { asked = 0; redraw(0); }); };
    addEventListener('scroll', changed, { passive: true });
    addEventListener('resize', changed);
    // Before the first drawing nobody knows where the body begins.
    redraw(0);
    return () => { cancelAnimationFrame(asked); removeEventListener('scroll', changed); removeEventListener('resize', changed); };
  }, []);
  const scrollTo = (index: number) => {
    const from = top() + index * rowHeight;
    if (from - covered < scrollY) window.scrollTo({ top: from - covered });
    else if (from + rowHeight > scrollY + innerHeight) window.scrollTo({ top: from + rowHeight - innerHeight });
  };
  return { ...seen, before: seen.first * rowHeight, after: Math.max(0, count - 1 - seen.last) * rowHeight, scrollTo };
}

function range(count: number, rowHeight: number, scrolled: number): { first: number; last: number } {
  const first = Math.min(Math.max(0, count - 1), Math.max(0, Math.floor(scrolled / rowHeight) - beyond));
  return { first, last: Math.min(count - 1, Math.ceil((scrolled + innerHeight) / rowHeight) + beyond) };
}
