// What every page says at its top: how many runs stand where, whether anybody watches them, and how fresh this page is.
import { url } from '../base';
import type { State } from '../api';
import { wall } from '../clock';
import { age, duration, time } from '../format';
import { helpShown } from '../keys';
import { connection, experiments, heard } from '../live';
import { addCounts, states } from '../parts/words';
import { session } from '../session';
import { switchTheme, theme } from '../theme';
import { Monitors } from './Monitors';
import './shell.css';

export function Header() {
  return (
    <header class="top">
      <a class="brand" href={url('')} title={session.value ? `Vigil ${session.value.version}: ${session.value.root} on ${session.value.host}` : 'Vigil'}><Eye />Vigil</a>
      <Counts />
      <span class="grow" />
      <Monitors />
      <Line />
      <a class="wide" href={url('events')}>Events</a>
      <button class="plain" onClick={switchTheme} aria-label={theme.value === 'dark' ? 'Light theme' : 'Dark theme'} title="Theme (t)">{theme.value === 'dark' ? '☀' : '☾'}</button>
      <button class="plain" onClick={() => { helpShown.value = true; }} aria-label="Keys" title="Keys (?)">?</button>
    </header>
  );
}

const Eye = () => (
  <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M2 16Q16 0 30 16Q16 32 2 16Z" fill="none" stroke="currentColor" stroke-width="3" />
    <circle cx="16" cy="16" r="5" fill="currentColor" />
  </svg>
);

const loud: State[] = ['needs_person', 'failed', 'running'];

function Counts() {
  const counts = addCounts(experiments.value ?? []);
  const there = (Object.keys(states) as State[]).filter((s) => counts[s]);
  return (
    <nav class="counts" aria-label="Runs by state">
      {there.map((s) => (
        <a key={s} class={states[s].tone} href={url(`?q=state:${s}`)} title={`${counts[s]} ${states[s].word}: show these`}>
          {/* Many states and little room: the usual ones are said by their sign. */}
          <b class="num">{counts[s]}</b> {there.length > 5 && !loud.includes(s) ? <><span class="sign" aria-hidden="true">{states[s].sign}</span><span class="word">{states[s].word}</span></> : states[s].word}
        </a>
      ))}
    </nav>
  );
}

const ways = { websocket: 'Live by a WebSocket', sse: 'Live by an event stream', poll: 'No live connection comes through: this page asks every 2 s' };

/** The connection. A lost one is said at once, with the age of what is shown. */
function Line() {
  const { state, since, transport } = connection.value;
  const now = wall.value;
  if (state === 'open') {
    const silent = (now - heard.at) / 1000;
    return <span class={`line ${silent > 8 ? 'warn' : 'dim'}`} title={`${ways[transport]}, since ${time(new Date(since).toISOString())}`}>
      <span class="dot" aria-hidden="true" />{silent > 8 ? `last word ${age(silent)}` : transport === 'poll' ? 'every 2 s' : 'live'}
    </span>;
  }
  return <span class="line warn" role="status"><span class="dot" aria-hidden="true" />{heard.at === 0 ? 'connecting…' : 'reconnecting…'}</span>;
}

/** Below the header while nothing comes: what is seen is old. */
export function LostBanner() {
  const { state, since } = connection.value;
  if (state === 'open' || heard.at === 0) return null;
  return <div class="lost" role="status">Connection lost; this page shows what was known at {time(new Date(heard.at).toISOString())}. <LostFor since={since} /></div>;
}

function LostFor({ since }: { since: number }) {
  const seconds = (wall.value - since) / 1000;
  return seconds > 1 ? <span>Trying again for {duration(seconds)}.</span> : <span>Trying again.</span>;
}
