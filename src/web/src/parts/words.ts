// States and healths in signs, colours and words: the same on all pages.
import type { Experiment, Health, RunRow, State } from '../api';
import { brief, duration } from '../format';

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'dim';

interface Look { sign: string; tone: Tone; word: string }

/** In the order in which counts are shown: what needs eyes first. */
export const states: Record<State, Look> = {
  needs_person: { sign: '!', tone: 'bad', word: 'needs you' },
  failed: { sign: '✗', tone: 'bad', word: 'failed' },
  lost: { sign: '?', tone: 'bad', word: 'lost' },
  running: { sign: '▶', tone: 'good', word: 'running' },
  queued: { sign: '…', tone: 'calm', word: 'queued' },
  submitted: { sign: '↑', tone: 'calm', word: 'submitted' },
  waiting: { sign: '○', tone: 'dim', word: 'waiting' },
  held: { sign: '‖', tone: 'warn', word: 'held' },
  completed: { sign: '✓', tone: 'good', word: 'completed' },
  cancelled: { sign: '⊘', tone: 'dim', word: 'cancelled' },
  skipped: { sign: '–', tone: 'dim', word: 'skipped' },
};

const healths: Record<Health, { letter: string; tone: Tone; word: string }> = {
  ok: { letter: 'o', tone: 'good', word: 'doing well' },
  quiet: { letter: 'q', tone: 'warn', word: 'quiet' },
  stuck: { letter: 's', tone: 'bad', word: 'stuck' },
  sick: { letter: 'k', tone: 'bad', word: 'sick' },
  waiting: { letter: 'w', tone: 'calm', word: 'waiting' },
  done: { letter: 'd', tone: 'good', word: 'done' },
  bad: { letter: 'b', tone: 'bad', word: 'went wrong' },
  over: { letter: 'v', tone: 'dim', word: 'over' },
};

/** Of a letter of the heat strip. */
export const healthOf = (letter: string) => Object.values(healths).find((h) => h.letter === letter);

/** The state, or for a running run that is not well its health. */
export function look(row: RunRow): Look {
  const state = states[row.state] ?? { sign: '?', tone: 'dim', word: row.state };
  if (row.state !== 'running' || row.health === 'ok') return state;
  const health = healths[row.health];
  return health ? { ...state, tone: health.tone, word: health.word } : state;
}

export const needsEyes: State[] = ['needs_person', 'failed', 'lost'];

export function addCounts(experiments: Experiment[]): Partial<Record<State, number>> {
  const sum: Partial<Record<State, number>> = {};
  for (const { counts } of experiments) {
    for (const [state, n] of Object.entries(counts) as [State, number][]) sum[state] = (sum[state] ?? 0) + n;
  }
  return sum;
}

/** How the time that is left compares with the job's limit. */
export function forecast(row: RunRow): { text: string; tone: Tone; why: string } | null {
  const eta = row.progress.eta_seconds;
  const limit = row.limit_left_seconds;
  if (row.state !== 'running') return null;
  if (eta === null) return limit === null ? null : { text: `limit in ${duration(limit)}`, tone: 'dim', why: 'When it will be done is not known yet.' };
  const about = row.progress.approximate ? '≈ ' : '';
  if (limit === null) return { text: `${about}${duration(eta)} left`, tone: 'dim', why: 'No time limit is known.' };
  const spare = limit - eta;
  const why = `${about}${duration(eta)} to go, ${duration(limit)} until the job's time limit`;
  if (spare < 0) return { text: `${about}misses by ${brief(-spare)}`, tone: 'bad', why };
  return spare < 0.1 * limit
    ? { text: `${about}tight, ${brief(spare)} spare`, tone: 'warn', why }
    : { text: `${about}fits, ${brief(spare)} spare`, tone: 'good', why };
}

/** The reasons that the sentence does not say already. */
export function stateReason(row: RunRow, sentence: string): string | null {
  const more = [row.reason, row.health_reason].filter((r): r is string => r !== null && !sentence.includes(r));
  return more.length > 0 ? more.join(' · ') : null;
}
