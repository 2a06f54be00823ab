// One metric: its name, its value under the cursor, and its chart once it comes into view.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Series } from '../api';
import { Plot } from '../charts/Plot';
import { saveTable, savePicture } from '../charts/save';
import { duration, number, plural, short } from '../format';
import { plainText } from '../log/ansi';
import { go } from '../router';
import { theme } from '../theme';
import { badCount, linesOf, pointAt, valueAt, type LineChoice } from './lines';
import type { MetricStore } from './store';

export const chartHeight = 190;

interface Props { store: MetricStore; run: string; name: string; choice: LineChoice }

export function Chart({ store, run, name, choice }: Props) {
  const box = useRef<HTMLElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [seen, setSeen] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => {
      setSeen(entry!.isIntersecting);
      store.show(name, entry!.isIntersecting);
    }, { rootMargin: '200px' });
    watch.observe(box.current!);
    return () => { watch.disconnect(); store.show(name, false); };
  }, [store, name]);
  const series = store.series.value.get(name);
  const markers = store.markers.value;
  const lines = useMemo(() => linesOf(series ?? [], markers, choice), [series, markers, choice, theme.value]);
  const base = store.x.value === 'time' ? timeBase(store) : 0;
  const xText = store.x.value === 'time' ? (x: number) => duration(x - base) : short;
  const here = valueAt(series ?? [], cursor);
  const bad = badCount(series ?? []);
  const settings = {
    key: name, logX: choice.logX, logY: choice.logY, zoom: store.zoom.value, xText,
    onZoom: store.setZoom.bind(store),
    onCursor: (index: number | null) => setCursor(index === null ? null : lines.data[0][index] ?? null),
    onPick: (x: number, y: number) => {
      const point = pointAt(series ?? [], x, y);
      if (point) go(`run/${run}/log#a${encodeURIComponent(point.attempt)}.b${point.offset}-${point.offset + 1}`);
    },
  };
  return (
    <figure class="chart" ref={box}>
      <figcaption>
        <b title={plainText(name)}>{plainText(name)}</b>
        <span class="grow" />
        <button type="button" class="plain" title="Save the numbers as CSV" aria-label={`Save ${name} as CSV`} disabled={!series} onClick={() => series && table(series, name)}>CSV</button>
        <button type="button" class="plain" title="Save the picture as PNG" aria-label={`Save ${name} as PNG`} disabled={!series} onClick={() => plot.current && savePicture(plot.current, name)}>PNG</button>
      </figcaption>
      <p class="chart-value">
        <span class="num">{here ? `${here.value === null ? 'no number' : number(here.value)} at ${store.x.value === 'time' ? xText(here.x) : number(here.x)}` : ''}</span>
        {bad > 0 && <span class="bad" title="Values that are NaN or infinite: ticks on the upper border">{plural(bad, 'NaN', 'NaN')}</span>}
      </p>
      <div class="chart-room">
        {seen && series && (series.some((s) => s.x.length > 0)
          ? <Plot lines={lines} settings={settings} height={chartHeight} label={`${name}${here ? `, last ${here.value}` : ''}`} onReady={(made) => { plot.current = made; }} />
          : <p class="dim">No values {store.zoom.value ? 'in this stretch' : 'yet'}.</p>)}
      </div>
    </figure>
  );
}

/** Times that are dates are shown from the first one on. */
function timeBase(store: MetricStore): number {
  let least = Infinity;
  for (const all of store.series.value.values()) for (const one of all) least = Math.min(least, one.x[0] ?? Infinity);
  return least > 1e8 && Number.isFinite(least) ? least : 0;
}

const table = (series: Series[], name: string): void =>
  saveTable(['attempt', 'x', 'last', 'min', 'max', 'no number', 'source'], series.flatMap((s) => s.x.map((x, i) => [s.attempt, x, s.last[i] ?? null, s.min[i] ?? null, s.max[i] ?? null, s.bad[i] ?? 0, s.source])), name);
