// What a person asks for, from the first click to the results: always with a look at what would happen first.
import { signal } from '@preact/signals';
import type { ActionName, ActionRequest, ActionResult } from '../api';
import { postJson, type Answer } from '../http';
import { mayNotAct, session } from '../session';

export interface Asked {
  action: ActionName;
  runs: string[];
  /** What the action needs beyond its runs. */
  more: Pick<ActionRequest, 'firing' | 'number' | 'refuse' | 'checkpoint' | 'overrides' | 'text'>;
  /** Called when something was done. */
  done?: (() => void) | undefined;
}

/** What is asked now; the dialog shows it. */
export const asked = signal<Asked | null>(null);

export const ask = (action: ActionName, runs: string[], more: Asked['more'] = {}, done?: () => void) => { asked.value = { action, runs, more, done }; };

export const titles: Record<ActionName, string> = {
  cancel: 'Cancel', retry: 'Retry', hold: 'Hold', release: 'Release', branch: 'Branch', approve: 'Approve', tag: 'Tag', note: 'Note',
};

/** More than this many runs at once are cancelled only after their number was typed. */
export const typedAbove = 10;

/** A key of its own for each wish: sent twice, it acts once. (randomUUID is not there without TLS.) */
export const freshKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

export async function post(request: ActionRequest): Promise<Answer<ActionResult>> {
  const why = mayNotAct();
  if (why !== null) return { ok: false, problem: { problem: `Nothing may be changed here: ${why}.`, field: null, remedy: null } };
  return postJson<ActionResult>('api/actions', request, session.peek()!.csrf!);
}
