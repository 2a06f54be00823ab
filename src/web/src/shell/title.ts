// The tab says how the runs do, also when it is not looked at.
import { effect } from '@preact/signals';
import { experiments } from '../live/state';
import { addCounts, needsEyes } from '../parts/words';

function favicon(colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M2 16Q16 0 30 16Q16 32 2 16Z" fill="none" stroke="${colour}" stroke-width="3"/><circle cx="16" cy="16" r="5" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export function startTitle(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel~="icon"]') ?? document.head.appendChild(Object.assign(document.createElement('link'), { rel: 'icon' }));
  effect(() => {
    const counts = addCounts(experiments.value ?? []);
    const bad = needsEyes.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    const running = counts.running ?? 0;
    const words = [bad > 0 && `${bad}✗`, running > 0 && `${running}▶`].filter(Boolean).join(' ');
    document.title = words ? `(${words}) Vigil` : 'Vigil';
    icon.href = favicon(bad > 0 ? '#d9413a' : running > 0 ? '#2f9e5b' : '#7b8794');
  });
}
