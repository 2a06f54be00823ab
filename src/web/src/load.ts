// What a page asks for once, or again and again, with its failure as a value.
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Problem } from './api';
import { getJson } from './http';

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  /** When the value came, in milliseconds of this browser's clock. */
  at: number;
  again: () => void;
}

const nothing = { value: null, problem: null, loading: true, at: 0 };

/** GET of a path under the base, asked again when the path changes and, if wanted, every so many seconds while the tab is seen. What was there stays on a failure. */
export function useLoad<T>(path: string, everySeconds = 0): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'again'> & { path: string }>({ ...nothing, path });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const stopper = new AbortController();
    void getJson<T>(path, stopper.signal).then((answer) => {
      if (stopper.signal.aborted) return;
      setState((old) => answer.ok
        ? { value: answer.value, problem: null, loading: false, at: Date.now(), path }
        : { value: old.path === path ? old.value : null, problem: answer.problem, loading: false, at: old.at, path });
    });
    return () => stopper.abort();
  }, [path, round]);
  useEffect(() => {
    if (everySeconds === 0) return;
    const timer = setInterval(() => { if (!document.hidden) again(); }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds, path]);
  return state.path === path ? { ...state, again } : { ...nothing, again };
}
