// Dark or light: as the system has it, until a person chooses.
import { signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const key = 'vigil-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** What a person chose; null: the system's. A private window may refuse the storage. */
function stored(): Theme | null {
  try {
    const word = localStorage.getItem(key);
    return word === 'dark' || word === 'light' ? word : null;
  } catch { return null; }
}

const wished = (): Theme => stored() ?? (system.matches ? 'dark' : 'light');

/** The theme in force; charts redraw when it changes. */
export const theme = signal<Theme>(wished());

function apply(to: Theme): void {
  document.documentElement.dataset.theme = to;
  theme.value = to;
}

export function switchTheme(): void {
  const next = theme.peek() === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem(key, next); } catch { /* it holds for this page then */ }
  apply(next);
}

export function startTheme(): void {
  apply(wished());
  system.addEventListener('change', () => apply(wished()));
}
