// A tick for ages. While the connection is lost the tick stands: an age that nobody measures must not grow.
import { signal } from '@preact/signals';
import { connection } from './live/state';

/** Milliseconds of this browser's clock, once a second. */
export const tick = signal(Date.now());

/** The same, which goes on while the connection is lost. */
export const wall = signal(Date.now());

setInterval(() => {
  if (document.hidden) return;
  wall.value = Date.now();
  if (connection.peek().state === 'open') tick.value = wall.peek();
}, 1000);
