import { useEffect, useState } from 'preact/hooks';
import type { Problem, RunDetail } from '../api';
import { getJson } from '../http';
import { live } from '../live';

export interface Seen { detail: RunDetail | null; problem: Problem | null; /** When it came, in milliseconds of this browser's clock. */ at: number }

/** One run, kept current. A request brings it first: the live connection may take a moment. */
export function useRun(run: string): Seen & { again: () => void } {
  const [seen, set] = useState<Seen & { run: string }>({ detail: null, problem: null, at: 0, run });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stopper = new AbortController();
    const show = (detail: RunDetail) => set({ detail, problem: null, at: Date.now(), run });
    const refuse = (problem: Problem) => set((old) => ({ detail: old.run === run ? old.detail : null, at: old.at, problem, run }));
    let came = false;
    void getJson<RunDetail>(`api/runs/${run}`, stopper.signal).then((answer) => {
      if (stopper.signal.aborted || came) return;
      if (answer.ok) show(answer.value);
      else refuse(answer.problem);
    });
    const leave = live.subscribe({ topic: 'run', run }, (frame) => {
      if (frame.t === 'run') { came = true; show(frame.run); }
      else if (frame.t === 'problem') refuse({ problem: frame.problem, field: null, remedy: null });
    });
    return () => { stopper.abort(); leave(); };
  }, [run, round]);
  const again = () => setRound((n) => n + 1);
  return seen.run === run ? { ...seen, again } : { detail: null, problem: null, at: 0, again };
}
