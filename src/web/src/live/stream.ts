// Server-sent events, where no WebSocket comes through: one stream a topic.
import type { ServerFrame } from '../api';
import { url } from '../base';
import { asQuery, type Line, type LineEvents, type Topic } from './line';

export function openStreams(events: LineEvents): Line {
  const streams = new Map<Topic, EventSource>();
  const close = () => {
    for (const stream of streams.values()) stream.close();
    streams.clear();
  };
  const start = (topic: Topic) => {
    streams.get(topic)?.close();
    const stream = new EventSource(url(`sse?${asQuery(topic)}`));
    stream.onopen = () => events.opened();
    stream.onmessage = (message) => events.frame({ ...(JSON.parse(String(message.data)) as ServerFrame), ...forTopic(message.data, topic) } as ServerFrame);
    // The browser would ask again from where it began; we begin anew from the next byte.
    stream.onerror = () => { close(); events.closed(); };
    streams.set(topic, stream);
  };
  return {
    transport: 'sse',
    start,
    stop: (topic) => { streams.get(topic)?.close(); streams.delete(topic); },
    acknowledge: () => { /* TCP holds the server back */ },
    close,
  };
}

/** A stream has one topic: its frames are for that one, whatever id the server put. */
const forTopic = (text: unknown, topic: Topic) => (String(text).includes('"id"') ? { id: topic.id } : {});
