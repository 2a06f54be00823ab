// The live connection: one for the whole page, kept up by itself. live.subscribe(subscription, onFrame, position?) returns the way out.
import type { Cursor, ServerFrame, Subscription } from './api';
import type { Line, LineEvents, Topic } from './live/line';
import { openPolls } from './live/poll';
import { openSocket } from './live/socket';
import { connection, experiments, heard, liveProblem, type Connection } from './live/state';
import { openStreams } from './live/stream';

export { connection, experiments, heard, liveProblem } from './live/state';

const silenceMs = 20_000;   // the server says hb every 5 s
const acknowledgeBytes = 64 * 1024;
const probeMs = 120_000;
/** A socket that is still on its way after this is given up: after a sleep the system may wait for minutes. */
const patienceMs = 10_000;
const firstDelay = 300;
const lastDelay = 10_000;

const ways = [openSocket, openStreams, openPolls];
const topics = new Set<Topic>();
let line: Line | null = null;
let way = 0;
/** Attempts in a row that ended without a frame: by the present way, and by any. */
let failures = 0;
let retries = 0;
/** Whether the present way ever carried a frame: then it is lost for a while, not impossible. */
let proven = false;
let nextId = 1;
let timer = 0;
let begun = 0;

export const live = { subscribe };

function subscribe(subscription: Subscription, onFrame: (frame: ServerFrame) => void, position?: () => Cursor, background = false): () => void {
  const topic: Topic = { id: nextId++, subscription, onFrame, position, background, unacknowledged: 0 };
  topics.add(topic);
  if (!line && !timer) connect();
  else if (connection.peek().state === 'open' && wanted(topic)) line?.start(topic);
  return () => {
    topics.delete(topic);
    line?.stop(topic);
  };
}

const wanted = (topic: Topic) => topic.background || !document.hidden;

function connect(): void {
  clearTimeout(timer);
  timer = 0;
  if (topics.size === 0) return;
  const events: LineEvents = {
    opened: () => { if (line === mine) opened(mine); },
    frame: (frame) => { if (line === mine) took(frame); },
    closed: () => { if (line === mine) lost(); },
  };
  begun = Date.now();
  const mine: Line = ways[way]!(events);
  line = mine;
  if (connection.peek().state === 'open') say('connecting');
  // A WebSocket takes topics once it is open; the other ways are opened by a topic.
  if (mine.transport !== 'websocket') startAll(mine);
}

function opened(mine: Line): void {
  heard.at = Date.now();
  if (connection.peek().state === 'open') return;
  say('open');
  if (mine.transport === 'websocket') startAll(mine);
}

function startAll(on: Line): void {
  for (const topic of topics) {
    if (!wanted(topic)) continue;
    topic.id = nextId++;
    topic.unacknowledged = 0;
    on.start(topic);
  }
}

function took(frame: ServerFrame): void {
  heard.at = Date.now();
  failures = retries = 0;
  proven = true;
  if (frame.t === 'hb') return;
  if (frame.t === 'experiments') { experiments.value = frame.experiments; return; }
  if (frame.t === 'problem' && frame.id === null) { liveProblem.value = frame.problem; return; }
  const topic = [...topics].find((t) => t.id === frame.id);
  if (!topic) return;
  topic.onFrame(frame);
  if (frame.t === 'data') acknowledge(topic, frame.offset + frame.length, frame.length);
}

function acknowledge(topic: Topic, next: number, bytes: number): void {
  topic.unacknowledged += bytes;
  if (topic.unacknowledged < acknowledgeBytes) return;
  topic.unacknowledged = 0;
  line?.acknowledge(topic, next);
}

function lost(): void {
  line?.close();
  line = null;
  say('lost');
  failures++;
  if (!proven && failures >= 2) {
    // Nothing came through this way: the next one, and after the last the first again (the server itself may be away).
    way = (way + 1) % ways.length;
    failures = 0;
  }
  const delay = Math.min(lastDelay, firstDelay * 2 ** Math.min(retries++, 6));
  timer = setTimeout(connect, delay * (0.75 + Math.random() / 2));
}

function say(state: Connection['state']): void {
  const transport = line?.transport ?? connection.peek().transport;
  if (connection.peek().state !== state || connection.peek().transport !== transport) connection.value = { state, transport, since: Date.now() };
}

/** Tries now instead of after the delay. */
function hurry(): void {
  if (!line && topics.size > 0) connect();
}

/** A fallback works; whether the socket does by now is tried beside it. */
function probe(): void {
  if (way === 0 || connection.peek().state !== 'open') return;
  const beside = openSocket({
    opened: () => { beside.close(); line?.close(); line = null; way = 0; failures = 0; proven = false; connect(); },
    frame: () => {},
    closed: () => {},
  });
}

/** How long nothing was heard, or nothing came of the attempt. */
function check(): void {
  if (!line) return;
  const isOpen = connection.peek().state === 'open';
  if (Date.now() - (isOpen ? heard.at : begun) > (isOpen ? silenceMs : patienceMs)) lost();
}

function visibility(): void {
  if (!document.hidden) { check(); hurry(); }
  if (!line || connection.peek().state !== 'open') return;
  for (const topic of topics) {
    if (topic.background) continue;
    if (document.hidden) { line.stop(topic); continue; }
    topic.id = nextId++;
    line.start(topic);
  }
}

setInterval(check, 1000);
setInterval(probe, probeMs);
addEventListener('online', hurry);
// Of a plain fall of the network the browser knows long before the socket does.
addEventListener('offline', () => { if (line && connection.peek().state === 'open') lost(); });
document.addEventListener('visibilitychange', visibility);
// A page that comes back from the browser's memory has lost its socket without a word.
addEventListener('pageshow', (event) => { if (event.persisted && line) { lost(); hurry(); } });
