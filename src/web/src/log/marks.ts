// Errors, warnings, checkpoints and resumes of a log: for the minimap, and for stepping through them.
import type { LogMarks } from '../api';
import type { LogModel } from './model';
import { partOf } from './places';
import type { Row } from './rows';
import { getMarks } from './source';

/** Reads them, and again while the log grows or is still being looked through. Returns the way out. */
export function watchMarks(model: LogModel): () => void {
  let timer = 0;
  let stopped = false;
  const read = async (attempt: string): Promise<LogMarks | null> => {
    const answer = await getMarks(model.run, attempt);
    if (stopped || !answer.ok) return null;
    model.marks.value = [...model.marks.peek().filter((m) => m.attempt !== answer.value.attempt), answer.value];
    return answer.value;
  };
  const round = async () => {
    const attempts = new Set([...model.parts.peek().map((p) => p.attempt), model.attempt]);
    const newest = model.parts.peek().at(-1)?.attempt ?? model.attempt;
    // Of attempts that are over the marks stay as they are.
    for (const attempt of attempts) if (attempt !== newest && !model.marks.peek().some((m) => m.attempt === attempt && !m.partial)) await read(attempt);
    const last = await read(newest);
    if (!stopped) timer = setTimeout(round, last?.partial || !model.ready.peek() ? 2000 : model.growing.peek() ? 10_000 : 60_000);
  };
  void round();
  return () => { stopped = true; clearTimeout(timer); };
}

/** Where the marks of one kind stand in the joined log. */
export function markPlaces(model: LogModel, kinds: (kind: LogMarks['marks'][number]['kind']) => boolean): number[] {
  const parts = model.parts.value;
  return model.marks.value.flatMap((all) => {
    const part = parts[partOf(parts, all.attempt, all.generation)];
    return part ? all.marks.filter((m) => kinds(m.kind)).map((m) => part.base + m.offset) : [];
  });
}

const isError = (row: Row): boolean => row.kind === 'line' && row.line.severity === 'error';

/** An error above, with nothing but indented lines between: the same traceback. */
function continues(rows: Row[], at: number): boolean {
  for (let i = at - 1; i >= 0 && i > at - 200; i--) {
    const row = rows[i]!;
    if (isError(row)) return true;
    if (row.kind !== 'line' || !/^\s/.test(row.line.text)) return false;
  }
  return false;
}

/** The next error below or above; lines of one traceback count once. Returns whether there is one. */
export function stepToError(model: LogModel, direction: 1 | -1): boolean {
  const here = model.current.peek() ?? (direction > 0 ? model.view.peek().from - 1 : model.view.peek().to);
  // Of the lines in memory the first of every block of errors; of the rest what the server marked.
  const seen = model.rows.filter((row, i) => isError(row) && !continues(model.rows, i)).map((row) => row.pos);
  const inside = (pos: number) => model.rows.length > 0 && pos >= model.rows[0]!.pos && pos <= model.rows.at(-1)!.pos;
  const places = [...seen, ...markPlaces(model, (kind) => kind === 'error').filter((pos) => !inside(pos))];
  const next = step(places, here, direction);
  if (next === null) return false;
  model.current.value = next;
  void model.jump(next);
  return true;
}

/** The nearest place beyond `here`. */
export function step(places: number[], here: number, direction: 1 | -1): number | null {
  const beyond = places.filter((pos) => (direction > 0 ? pos > here : pos < here));
  return beyond.length === 0 ? null : direction > 0 ? Math.min(...beyond) : Math.max(...beyond);
}
