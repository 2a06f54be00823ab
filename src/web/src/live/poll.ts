// Plain requests, where nothing else comes through.
import type { ServerFrame } from '../api';
import { getJson } from '../http';
import { asQuery, type Line, type LineEvents, type Topic } from './line';

const everyMs = 2000;
const hiddenMs = 30_000;

export function openPolls(events: LineEvents): Line {
  const timers = new Map<Topic, number>();
  const stopper = new AbortController();
  const stop = (topic: Topic) => { clearTimeout(timers.get(topic)); timers.delete(topic); };
  const ask = async (topic: Topic) => {
    const answer = await getJson<ServerFrame[] | { frames: ServerFrame[] }>(`poll?${asQuery(topic)}`, stopper.signal);
    if (!timers.has(topic) || stopper.signal.aborted) return;
    if (!answer.ok) { stopper.abort(); return events.closed(); }
    events.opened();
    const frames = Array.isArray(answer.value) ? answer.value : answer.value.frames;
    for (const frame of frames) events.frame('id' in frame ? { ...frame, id: topic.id } as ServerFrame : frame);
    if (timers.has(topic)) timers.set(topic, setTimeout(ask, document.hidden ? hiddenMs : everyMs, topic));
  };
  return {
    transport: 'poll',
    start: (topic) => { stop(topic); timers.set(topic, setTimeout(ask, 0, topic)); },
    stop,
    acknowledge: () => { /* each request is one */ },
    close: () => { stopper.abort(); for (const timer of timers.values()) clearTimeout(timer); timers.clear(); },
  };
}
