// How a person likes logs; kept in this browser.
import { effect, signal } from '@preact/signals';
import { timeModes, type TimeMode } from './draw';

export interface LogSettings { time: TimeMode; wrap: boolean; lines: number }

/** 0: all. */
export const lineCounts = [100, 1000, 10_000, 0];
const key = 'vigil-log';

function stored(): LogSettings {
  // On a narrow screen a line is longer than the screen is wide.
  const usual: LogSettings = { time: 'none', wrap: innerWidth < 600, lines: 0 };
  try {
    const had = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<LogSettings>;
    return {
      time: timeModes.find((m) => m === had.time) ?? usual.time,
      wrap: typeof had.wrap === 'boolean' ? had.wrap : usual.wrap,
      lines: lineCounts.find((n) => n === had.lines) ?? usual.lines,
    };
  } catch { return usual; }
}

export const settings = signal<LogSettings>(stored());

let kept = settings.peek();
effect(() => {
  if (settings.value === kept) return;
  kept = settings.value;
  try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* it holds for this page then */ }
});

export const changeSettings = (part: Partial<LogSettings>): void => { settings.value = { ...settings.peek(), ...part }; };
