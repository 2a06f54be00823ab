// Time as the server has it, and a tick for ages. While the connection is lost the tick stands: an age that nobody measures must not grow.
import { signal } from '@preact/signals';
import { connection } from './live/state';

let ahead = 0;

/** Milliseconds of this browser's clock, once a second. */
export const tick = signal(Date.now());

/** The same, which goes on while the connection is lost. */
export const wall = signal(Date.now());

/** Sets the clock by a time that the server just told. */
export function heardTime(iso: string): void {
  const at = Date.parse(iso);
  if (Number.isFinite(at)) ahead = at - Date.now();
}

/** The server's time now, in milliseconds. */
export const serverNow = (): number => Date.now() + ahead;

/** How many seconds ago that was by the server's clock; follows the tick. */
export const secondsSince = (iso: string): number => Math.max(0, (tick.value + ahead - Date.parse(iso)) / 1000);

setInterval(() => {
  if (document.hidden) return;
  wall.value = Date.now();
  if (connection.peek().state === 'open') tick.value = wall.peek();
}, 1000);
