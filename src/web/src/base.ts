// Where the page lives: the server names its base path in index.html, and every address is built from it.

const content = document.querySelector<HTMLMetaElement>('meta[name="vigil-base"]')?.content || '/';

/** The base path, with a slash at both ends. */
export const base = `/${content}/`.replace(/\/{2,}/g, '/');

/** The address of a path under the base: url('api/runs'). */
export const url = (path: string): string => base + path;

/** The same for a WebSocket. */
export const socketUrl = (path: string): string => location.origin.replace(/^http/, 'ws') + url(path);

/** What of an absolute path lies under the base, percent encoding kept; null: it lies elsewhere. */
export const underBase = (path: string): string | null =>
  path.startsWith(base) ? path.slice(base.length) : path + '/' === base ? '' : null;
