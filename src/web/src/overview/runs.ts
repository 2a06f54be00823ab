// The runs that the overview shows: a window of the server's list, kept current by the live connection.
import { batch, signal } from '@preact/signals';
import type { Group, Problem, RunRow, RunsPage, ServerFrame, State } from '../api';
import { getJson } from '../http';
import { connection, live } from '../live';

/** What the server is asked: everything but the window. */
export type Question = { q: string; sort: string; group: string; experiment: string };

export interface Answered {
  total: number;
  matching: number;
  counts: Partial<Record<State, number>>;
  groups: Group[] | null;
  heat: string;
  problem: RunsPage['problem'];
  /** When it came, in milliseconds of this browser's clock. */
  at: number;
}

export const answered = signal<Answered | null>(null);
export const failed = signal<Problem | null>(null);
/** Rows by their place in the list. A new map with each page. */
export const rows = signal(new Map<number, RunRow>());
/** Where and how many rows came in another order than is seen; they wait until the pointer has left the table. */
export const waitingPage = signal<RunsPage | null>(null);
/** Rows must not jump away from under a pointer. */
export const steady = { pointerInside: false };

const block = 100;
let asking = { words: '', offset: -1, limit: 0 };
let leave: (() => void) | null = null;
let stopper: AbortController | null = null;

const questionWords = (question: Question) => new URLSearchParams(Object.entries(question).filter(([, v]) => v !== '')).toString();

/** Asks for what is seen, from `first` to `last`, by whole blocks with one more on each side. */
export function look(question: Question, first: number, last: number): void {
  const words = questionWords(question);
  const offset = Math.max(0, Math.floor(first / block) - (words === asking.words ? 1 : 0)) * block;
  const limit = (Math.floor(last / block) + 2) * block - offset;
  const covered = words === asking.words && first >= asking.offset && last < asking.offset + asking.limit;
  if (covered) return;
  asking = { words, offset, limit };
  follow(`${words}${words && '&'}offset=${offset}&limit=${limit}`);
}

function follow(query: string): void {
  forget();
  stopper = new AbortController();
  const { signal: stopped } = stopper;
  let came = false;
  leave = live.subscribe({ topic: 'overview', query }, (frame: ServerFrame) => {
    if (frame.t === 'page') { came = true; show(frame.page); }
    else if (frame.t === 'problem') failed.value = { problem: frame.problem, field: null, remedy: null };
  });
  // Until the live connection stands, a plain request is quicker.
  if (connection.peek().state === 'open') return;
  void getJson<RunsPage>(`api/runs?${query}`, stopped).then((answer) => {
    if (stopped.aborted || came) return;
    if (answer.ok) show(answer.value);
    else failed.value = answer.problem;
  });
}

export function forget(): void {
  leave?.();
  leave = null;
  stopper?.abort();
}

/** The page is left: the next visit asks anew, and shows meanwhile what was there. */
export function leavePage(): void {
  forget();
  asking = { words: '', offset: -1, limit: 0 };
}

let shownWords = '';

function show(page: RunsPage): void {
  const sameQuestion = shownWords === asking.words;
  if (sameQuestion && steady.pointerInside && movesRows(page)) {
    refresh(page);
    waitingPage.value = page;
  } else apply(page, sameQuestion);
}

const movesRows = (page: RunsPage) => page.rows.some((row, i) => {
  const there = rows.peek().get(page.offset + i);
  return there !== undefined && there.id !== row.id;
});

/** New values in the old order; places that nobody has seen yet are filled. */
function refresh(page: RunsPage): void {
  const byId = new Map(page.rows.map((row) => [row.id, row]));
  const next = new Map([...rows.peek()].map(([i, row]) => [i, byId.get(row.id) ?? row]));
  page.rows.forEach((row, i) => { if (!next.has(page.offset + i)) next.set(page.offset + i, row); });
  rows.value = next;
}

export function applyWaiting(): void {
  if (waitingPage.peek()) apply(waitingPage.peek()!, true);
}

function apply(page: RunsPage, keep: boolean): void {
  const next = new Map(keep ? [...rows.peek()].filter(([i]) => i < page.matching) : []);
  page.rows.forEach((row, i) => next.set(page.offset + i, row));
  shownWords = asking.words;
  batch(() => {
    rows.value = next;
    answered.value = { total: page.total, matching: page.matching, counts: page.counts, groups: page.groups, heat: page.heat, problem: page.problem, at: Date.now() };
    waitingPage.value = null;
    failed.value = null;
  });
}

/** The ids of all runs that match, asked in parts. */
export async function allMatching(question: Question): Promise<string[]> {
  const ids: string[] = [];
  const part = 1000;
  for (;;) {
    const answer = await getJson<RunsPage>(`api/runs?${questionWords(question)}&offset=${ids.length}&limit=${part}`);
    if (!answer.ok || answer.value.rows.length === 0) return ids;
    ids.push(...answer.value.rows.map((r) => r.id));
    if (ids.length >= answer.value.matching) return ids;
  }
}
