// The filter: its text is in the address, and what is wrong with it is said beside it.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunsPage } from '../api';
import { useKeys } from '../keys';
import { plain } from '../format';

const pauseMs = 120;

export function FilterBox({ text, change, problem }: { text: string; change: (to: string) => void; problem: RunsPage['problem'] }) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const timer = useRef(0);
  // The address may change from elsewhere: a chip, the way back.
  useEffect(() => { if (document.activeElement !== input.current) setTyped(text); }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ '/': () => { input.current?.focus(); input.current?.select(); } });
  const type = (to: string, soon: boolean) => {
    setTyped(to);
    clearTimeout(timer.current);
    timer.current = setTimeout(change, soon ? pauseMs : 0, to);
  };
  const keydown = (e: KeyboardEvent) => {
    if (e.key === 'Enter') type(typed, false);
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    input.current?.blur();
  };
  return (
    <div class="filter">
      <input ref={input} type="search" value={typed} spellcheck={false} autocomplete="off" aria-label="Filter the runs" aria-invalid={problem !== null} aria-describedby="filter-problem"
        placeholder="Filter: words, state:running, lr:3e-4, loss<2.1, /regex/   ( / )" onInput={(e) => type(e.currentTarget.value, true)} onKeyDown={keydown} />
      <div id="filter-problem" role="status">{problem && <p class="bad">{pointed(text, problem.at)} {plain(problem.text)}</p>}</div>
    </div>
  );
}

/** The filter's text from where it goes wrong. */
const pointed = (text: string, at: number) => <code>{at > 0 && '…'}{plain(text.slice(at, at + 24)) || 'end'}</code>;
