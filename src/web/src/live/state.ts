// How the live connection stands, for whoever shows it.
import { signal } from '@preact/signals';
import type { Experiment } from '../api';

export interface Connection {
  state: 'open' | 'lost' | 'connecting';
  /** Milliseconds of this browser's clock. */
  since: number;
  transport: 'websocket' | 'sse' | 'poll';
}

export const connection = signal<Connection>({ state: 'connecting', since: Date.now(), transport: 'websocket' });

/** When the last frame came, in milliseconds of this browser's clock; 0: none came yet. */
export const heard = { at: 0 };

/** All experiments as last told; null: not told yet. */
export const experiments = signal<Experiment[] | null>(null);

/** What the server last said is wrong with the live connection itself. */
export const liveProblem = signal<string | null>(null);
