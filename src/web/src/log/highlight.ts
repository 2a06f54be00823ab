// What is searched for, shown in the rows without touching them: a selection in them survives.
import type { Wish } from './search';

const name = 'log-search';
/** A repetition of a repetition may take for ever in a browser; the server's engine does not mind, and marks the lines. */
const risky = /[+*}]\)?[+*{?]|\)[+*{]/;

export function matcher(wish: Wish): RegExp | null {
  if (!wish.text || (wish.regex && (risky.test(wish.text) || (wish.text.match(/[*+]/g)?.length ?? 0) > 2))) return null;
  try {
    return new RegExp(wish.regex ? wish.text : wish.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), wish.ignoreCase ? 'gi' : 'g');
  } catch { return null; }
}

export function highlight(block: HTMLElement, pattern: RegExp | null): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.delete(name);
  if (!pattern) return;
  const ranges: Range[] = [];
  for (const line of block.querySelectorAll('.tx')) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && ranges.length < 1000) inText(walker.currentNode as Text, pattern, ranges);
  }
  CSS.highlights.set(name, new Highlight(...ranges));
}

function inText(node: Text, pattern: RegExp, ranges: Range[]): void {
  for (const found of node.data.slice(0, 4096).matchAll(pattern)) {
    if (found[0] === '') return;
    const range = new Range();
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    ranges.push(range);
  }
}
