// Who looks, and what he may do.
import { signal } from '@preact/signals';
import type { Problem, Session } from './api';
import { getJson } from './http';

export const session = signal<Session | null>(null);
export const sessionProblem = signal<Problem | null>(null);

export async function loadSession(): Promise<void> {
  const answer = await getJson<Session>('api/session');
  sessionProblem.value = answer.ok ? null : answer.problem;
  if (answer.ok) session.value = answer.value;
}

/** Why this page may change nothing; null: it may. */
export function mayNotAct(): string | null {
  const now = session.value;
  if (!now) return 'the server has not said yet who you are';
  if (now.read_only) return 'this server only shows (--read-only)';
  if (now.role === 'view') return 'your link may look, not act';
  return now.csrf === null ? 'the server gave no token for changes' : null;
}
