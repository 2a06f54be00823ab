// A line is one way to the server. All lines carry the same frames; live.ts chooses among them.
import type { Cursor, ServerFrame, Subscription } from '../api';

/** One subscriber as a line sees it. */
export interface Topic {
  /** New at each start, so that late frames of an earlier start find nobody. */
  id: number;
  subscription: Subscription;
  onFrame: (frame: ServerFrame) => void;
  /** The next byte of a log, asked at each start. */
  position: (() => Cursor) | undefined;
  /** Goes on while the tab is hidden. */
  background: boolean;
  /** Bytes of a log taken and not yet acknowledged. */
  unacknowledged: number;
}

export interface LineEvents {
  opened(): void;
  frame(frame: ServerFrame): void;
  closed(): void;
}

export interface Line {
  readonly transport: 'websocket' | 'sse' | 'poll';
  start(topic: Topic): void;
  stop(topic: Topic): void;
  acknowledge(topic: Topic, offset: number): void;
  close(): void;
}

/** What to ask for now: a log from its next byte. */
export function current(topic: Topic): Subscription {
  const at = topic.position?.();
  return at && topic.subscription.topic === 'log' ? { ...topic.subscription, ...at } : topic.subscription;
}

/** The same as a query string, for /sse and /poll. */
export function asQuery(topic: Topic): string {
  const words = Object.entries(current(topic)).map(([key, value]) => [key, String(value)] as [string, string]);
  return new URLSearchParams([...words, ['id', String(topic.id)]]).toString();
}
