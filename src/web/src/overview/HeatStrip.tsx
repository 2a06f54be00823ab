// One cell for each run that matches: thousands at a glance. A click scrolls there.
import { useEffect, useRef, useState } from 'preact/hooks';
import { plain, plural } from '../format';
import { healthOf } from '../parts/words';
import { theme } from '../theme';
import { rows } from './runs';

const maxHeight = 40;

export function HeatStrip({ heat, goTo }: { heat: string; goTo: (index: number) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [over, setOver] = useState('');
  useEffect(() => {
    const watch = new ResizeObserver((entries) => setWidth(Math.floor(entries[0]!.contentRect.width)));
    if (canvas.current?.parentElement) watch.observe(canvas.current.parentElement);
    return () => watch.disconnect();
  }, []);
  const grid = fit(heat.length, width);
  useEffect(() => { if (canvas.current && width > 0) draw(canvas.current, heat, width, grid); }, [heat, width, theme.value]);
  const cellAt = (e: MouseEvent) => {
    const index = Math.floor(e.offsetY / grid.cell) * grid.across + Math.floor(e.offsetX / grid.cell);
    return index < heat.length ? index : -1;
  };
  const hover = (e: MouseEvent) => setOver(cellAt(e) < 0 ? '' : describe(cellAt(e), heat));
  return (
    <div class="heat">
      <canvas ref={canvas} role="img" aria-label={summary(heat)} title={over} onMouseMove={hover} onClick={(e) => { if (cellAt(e) >= 0) goTo(cellAt(e)); }} />
    </div>
  );
}

/** The largest cell with which all runs fit. */
function fit(runs: number, width: number): { cell: number; across: number; down: number } {
  for (const cell of [10, 8, 6, 5, 4, 3, 2]) {
    const across = Math.max(1, Math.floor(width / cell));
    const down = Math.ceil(runs / across);
    if (down * cell <= maxHeight || cell === 2) return { cell, across, down };
  }
  throw new Error('a cell of 2 always fits');
}

function draw(canvas: HTMLCanvasElement, heat: string, width: number, { cell, across, down }: ReturnType<typeof fit>): void {
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = down * cell * scale;
  canvas.style.height = `${down * cell}px`;
  const ink = canvas.getContext('2d')!;
  const tokens = getComputedStyle(document.documentElement);
  const gap = cell > 3 ? 1 : 0;
  ink.scale(scale, scale);
  const colours = new Map<string, string>();
  for (let i = 0; i < heat.length; i++) {
    const letter = heat[i]!;
    if (!colours.has(letter)) colours.set(letter, colour(letter, tokens));
    // What is over and done stays in the background.
    ink.globalAlpha = letter === 'd' || letter === 'v' || letter === 'w' ? 0.45 : 1;
    ink.fillStyle = colours.get(letter)!;
    ink.fillRect((i % across) * cell, Math.floor(i / across) * cell, cell - gap, cell - gap);
  }
}

const colour = (letter: string, tokens: CSSStyleDeclaration) => tokens.getPropertyValue(`--${healthOf(letter)?.tone ?? 'dim'}`);

function describe(index: number, heat: string): string {
  const row = rows.peek().get(index);
  const word = healthOf(heat[index]!)?.word ?? '';
  return row ? `${plain(row.name)}: ${row.health_reason ? plain(row.health_reason) : word}` : `run ${index + 1} of ${heat.length}: ${word}`;
}

function summary(heat: string): string {
  const counts = new Map<string, number>();
  for (const letter of heat) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts].map(([letter, n]) => `${plural(n, 'run')} ${healthOf(letter)?.word ?? letter}`).join(', ');
}
