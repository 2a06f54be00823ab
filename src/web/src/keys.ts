// One map of keys for the page. What was mounted last answers first; `?` lists all.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** By the name of the key as the browser says it ('f', 'E', 'End', 'Escape'), or two in a row: 'g o'. */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** For the help: where the keys work, and what each does: [['f', 'follow the end']]. */
export interface KeyHelp { title: string; keys: [string, string][] }

interface Layer { keys: Keys; help: KeyHelp | undefined }

const layers: Layer[] = [];
export const helpShown = signal(false);

export const allHelp = (): KeyHelp[] => layers.flatMap((layer) => layer.help ?? []);

/** Keys that work while the component is there. */
export function useKeys(keys: Keys, help?: KeyHelp): void {
  const layer = useRef<Layer>({ keys, help });
  layer.current.keys = keys;
  layer.current.help = help;
  useEffect(() => {
    const mine = layer.current;
    layers.push(mine);
    return () => { layers.splice(layers.indexOf(mine), 1); };
  }, []);
}

let prefix = '';
let prefixTimer = 0;

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key !== 'Escape' && isTyping(event.target)) return;
  const names = prefix ? [`${prefix} ${event.key}`, event.key] : [event.key];
  forgetPrefix();
  for (const name of names) {
    const layer = layers.findLast((l) => Object.hasOwn(l.keys, name));
    if (!layer) continue;
    event.preventDefault();
    layer.keys[name]!(event);
    break;
  }
  if (layers.some((l) => Object.keys(l.keys).some((k) => k.startsWith(`${event.key} `)))) rememberPrefix(event.key);
}

function rememberPrefix(key: string): void {
  prefix = key;
  prefixTimer = setTimeout(forgetPrefix, 1000);
}

function forgetPrefix(): void {
  clearTimeout(prefixTimer);
  prefix = '';
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export function startKeys(): void {
  addEventListener('keydown', pressed);
}
