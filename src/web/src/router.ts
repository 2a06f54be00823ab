// Addresses under the base, by the history API. A run's id stays as it stands in the address: EXPERIMENT/RUN, percent encoding and all.
import { computed, signal } from '@preact/signals';
import { underBase, url } from './base';

export const tabs = ['summary', 'log', 'metrics', 'events', 'checkpoints', 'samples', 'config'] as const;
export type Tab = (typeof tabs)[number];

export type Route =
  | { page: 'overview' }
  | { page: 'run'; run: string; tab: Tab }
  | { page: 'compare' }
  | { page: 'events' }
  | { page: 'unknown' };

interface Place { path: string; search: string; hash: string }

const here = (): Place => ({ path: underBase(location.pathname) ?? '', search: location.search, hash: location.hash });

export const place = signal<Place>(here());
export const route = computed<Route>(() => parse(place.value.path));
export const query = computed(() => new URLSearchParams(place.value.search));

export function parse(path: string): Route {
  const [first, experiment, run, tab = 'summary', ...more] = path.replace(/\/$/, '').split('/');
  if (first === '' || first === undefined) return { page: 'overview' };
  if (first === 'run' && experiment && run && more.length === 0 && isTab(tab)) return { page: 'run', run: `${experiment}/${run}`, tab };
  if ((first === 'compare' || first === 'events') && experiment === undefined) return { page: first };
  return { page: 'unknown' };
}

const isTab = (word: string): word is Tab => (tabs as readonly string[]).includes(word);

/** Goes to a path under the base, such as `run/EXP/RUN/log#a1.g0.b10-20`. */
export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', url(path));
  else history.replaceState(null, '', url(path));
  const before = place.peek();
  place.value = here();
  if (before.path !== place.peek().path) scrollTo(0, 0);
}

/** Changes parts of the query string; null or '' takes one away. */
export function setQuery(changes: Record<string, string | null>, how: 'push' | 'replace' = 'replace'): void {
  const words = new URLSearchParams(place.peek().search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') words.delete(key);
    else words.set(key, value);
  }
  const search = words.toString();
  go(place.peek().path + (search ? `?${search}` : '') + place.peek().hash, how);
}

/** Links of the page change the page; all others, and those with a key held, go the browser's way. */
function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  const path = underBase(link.pathname);
  if (path === null || parse(path).page === 'unknown') return;
  event.preventDefault();
  go(path + link.search + link.hash);
}

export function startRouter(): void {
  addEventListener('popstate', () => { place.value = here(); });
  addEventListener('hashchange', () => { place.value = here(); });
  document.addEventListener('click', followed);
}
