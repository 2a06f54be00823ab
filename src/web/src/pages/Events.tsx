// What happened: of one run, or of all. The newest stands first; what was read before is dimmed.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { EventsPage as Page, JournalEvent, Problem } from '../api';
import { url } from '../base';
import { plain, time } from '../format';
import { getJson } from '../http';
import { Empty, ProblemNote } from '../parts/parts';
import { query, setQuery } from '../router';
import { logPath } from '../run/paths';
import './pages.css';

const part = 500;
/** More lines than this are drawn only on demand. */
const atFirst = 400;
const everyMs = 3000;

export function EventsPage({ run }: { run: string | null }) {
  const { events, problem, before } = useEvents(run);
  const kind = query.value.get('kind') ?? '';
  const grave = query.value.get('grave') === '1';
  const [most, setMost] = useState(atFirst);
  const kinds = useMemo(() => [...new Set(events?.map((e) => e.kind))].sort(), [events]);
  const shown = (events ?? []).filter((e) => (kind === '' || e.kind === kind) && (!grave || e.severity === 'error' || e.severity === 'warning'));
  return (
    <div class="events">
      {problem && <ProblemNote problem={problem} />}
      <div class="row">
        <select aria-label="Kind" value={kind} onChange={(e) => setQuery({ kind: e.currentTarget.value })}>
          <option value="">All kinds</option>
          {kinds.map((k) => <option key={k}>{k}</option>)}
        </select>
        <button aria-pressed={grave} onClick={() => setQuery({ grave: grave ? null : '1' })}>Errors and warnings only</button>
        <span class="dim num">{events && `${shown.length} of ${events.length} events`}</span>
      </div>
      {events?.length === 0 && <Empty title="Nothing has happened yet."><p>Each submission, start, checkpoint, rule and end is listed here, with who caused it.</p></Empty>}
      <ol>
        {days(shown.slice(0, most)).map(([day, those]) => [
          <li key={day} class="day"><h3>{day}</h3></li>,
          ...those.map((e) => <Event key={e.seq + e.kind + (e.run ?? '')} event={e} withRun={run === null} isOld={Date.parse(e.at) <= before} />),
        ])}
      </ol>
      {shown.length > most && <p><button onClick={() => setMost(most * 4)}>Show older ones ({shown.length - most})</button></p>}
    </div>
  );
}

function Event({ event, withRun, isOld }: { event: JournalEvent; withRun: boolean; isOld: boolean }) {
  const { evidence } = event;
  const place = evidence && evidence.offset !== null && event.run ? url(logPath(event.run, evidence.attempt ?? event.attempt ?? '1', evidence.offset)) : null;
  return (
    <li class={`event ${event.severity}${isOld ? ' old' : ''}`}>
      <time class="num dim" dateTime={event.at} title={`${event.at} · entry ${event.seq}`}>{time(event.at).split(' ').at(-1)}</time>
      <span class="kind">{plain(event.kind)}</span>
      <div>
        {withRun && event.run && <a href={url(`run/${event.run}`)}>{plain(event.run)}</a>}{' '}
        <span>{plain(event.text)}</span> <span class="dim">{event.attempt && `attempt ${plain(event.attempt)} · `}by {plain(event.by)}</span>
        {evidence && <div class="evidence">{place ? <a href={place}>{plain(evidence.text)}</a> : plain(evidence.text)}</div>}
      </div>
    </li>
  );
}

function days(events: JournalEvent[]): [string, JournalEvent[]][] {
  const groups = new Map<string, JournalEvent[]>();
  for (const e of events) {
    const day = new Date(e.at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
    groups.set(day, [...(groups.get(day) ?? []), e]);
  }
  return [...groups];
}

/** All events up to now, then what comes; `before`: the time of the newest one of the visit before. */
function useEvents(run: string | null) {
  const [events, setEvents] = useState<JournalEvent[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const before = useMemo(() => remembered(run), [run]);
  useEffect(() => {
    const stopper = new AbortController();
    const base = run === null ? 'api/events' : `api/runs/${run}/events`;
    let next = 0;
    let timer = 0;
    const ask = async () => {
      const answer = await getJson<Page>(`${base}?after=${next}&limit=${part}`, stopper.signal);
      if (stopper.signal.aborted) return;
      setProblem(answer.ok ? null : answer.problem);
      const more = answer.ok && answer.value.events.length >= part;
      if (answer.ok) {
        next = answer.value.next;
        if (answer.value.events.length > 0) remember(run, Math.max(...answer.value.events.map((e) => Date.parse(e.at))));
        setEvents((old) => (answer.value.events.length === 0 && old ? old : [...answer.value.events.toReversed(), ...(old ?? [])]));
      }
      timer = setTimeout(askIfSeen, more ? 0 : everyMs);
    };
    const askIfSeen = () => { if (document.hidden) timer = setTimeout(askIfSeen, everyMs); else void ask(); };
    setEvents(null);
    void ask();
    return () => { stopper.abort(); clearTimeout(timer); };
  }, [run]);
  return { events, problem, before };
}

/** The time of the newest event that was shown: of all runs for ever, of one for as long as the tab is there. */
const memory = (run: string | null) => (run === null ? localStorage : sessionStorage);
const key = (run: string | null) => `vigil-events-read ${run ?? ''}`;

function remembered(run: string | null): number {
  try { return Number(memory(run).getItem(key(run)) ?? 0); } catch { return 0; }
}

function remember(run: string | null, at: number): void {
  try { memory(run).setItem(key(run), String(Math.max(at, remembered(run)))); } catch { /* then everything is new each time */ }
}
