// One metric of several runs in one chart.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Metrics } from '../api';
import { Plot } from '../charts/Plot';
import type { Zoom } from '../charts/options';
import { count, number, short } from '../format';
import { getJson } from '../http';
import { plainText } from '../log/ansi';
import { experimentName, runName } from '../log/names';
import { theme } from '../theme';
import { curveOf, means, mostLines, singles, type Curve } from './together';
import './metrics.css';

const atOnce = 4;

export function Curves({ runs, metric }: { runs: string[]; metric: string }) {
  const { curves, read, failed } = useCurves(runs, metric);
  const [weight, setWeight] = useState(0);
  const [log, setLog] = useState(false);
  const [zoom, setZoom] = useState<Zoom | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const oneExperiment = new Set(runs.map(experimentName)).size === 1;
  const name = (run: string) => (oneExperiment ? runName(run) : `${experimentName(run)} / ${runName(run)}`);
  const { lines, legend } = useMemo(() => {
    const shown = log ? curves.map((c) => ({ ...c, y: c.y.map((v) => (v !== null && v > 0 ? v : null)) })) : curves;
    return runs.length > mostLines ? means(shown, weight) : singles(shown, weight, name);
  }, [curves, weight, log, theme.value]);
  const settings = { key: metric, logX: false, logY: log, zoom, xText: short, onZoom: setZoom, onCursor: setCursor, onPick: () => {} };
  // Above the last of the series of a group stands its mean; of single runs each is one.
  const each = runs.length > mostLines ? 3 : 1;
  return (
    <figure class="chart">
      <figcaption>
        <b>{plainText(metric)}</b>
        <span class="dim" role="status">{read < runs.length ? `reading ${count(read)} of ${count(runs.length)} runs` : failed > 0 ? `${count(failed)} runs could not be read` : ''}</span>
        <span class="grow" />
        <label class="dim">smoothing <input type="range" min={0} max={0.99} step={0.01} value={weight} onInput={(e) => setWeight(Number(e.currentTarget.value))} /></label>
        <button type="button" class="plain" aria-pressed={log} onClick={() => setLog(!log)}>log y</button>
        {zoom && <button type="button" class="plain" onClick={() => setZoom(null)}>show all</button>}
      </figcaption>
      <div class="chart-room">
        {lines.series.length > 0 ? <Plot lines={lines} settings={settings} height={300} label={`${metric} of ${runs.length} runs`} />
          : <p class="dim">{read < runs.length ? 'Reading…' : `None of these runs has ${plainText(metric)}.`}</p>}
      </div>
      <ul class="curve-legend">
        {legend.map((one, i) => (
          <li key={one.name}>
            <svg width="12" height="12" aria-hidden="true"><rect y="4" width="12" height="4" rx="2" fill={one.colour} /></svg>
            <span>{plainText(one.name)}</span>
            <span class="num dim">{text(cursor === null ? one.last : lines.data[i * each + each]?.[cursor] ?? null)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const text = (value: number | null | undefined) => (value === null || value === undefined ? '–' : number(value));

function useCurves(runs: string[], metric: string): { curves: Curve[]; read: number; failed: number } {
  const [state, setState] = useState<{ curves: Curve[]; read: number; failed: number }>({ curves: [], read: 0, failed: 0 });
  const key = runs.join(',');
  useEffect(() => {
    const stopper = new AbortController();
    const found: (Curve | null)[] = runs.map(() => null);
    let next = 0;
    let read = 0;
    let failed = 0;
    let said = 0;
    const reader = async () => {
      for (let i = next++; i < runs.length && !stopper.signal.aborted; i = next++) {
        const answer = await getJson<Metrics>(`api/runs/${runs[i]}/metrics?names=${encodeURIComponent(metric)}&x=step&points=300`, stopper.signal);
        if (stopper.signal.aborted) return;
        if (answer.ok) found[i] = curveOf(runs[i]!, answer.value.series.filter((s) => s.name === metric));
        else failed++;
        read++;
        // Drawn a few times on the way, not for each of a thousand runs.
        if (read === runs.length || Date.now() - said > 400) { said = Date.now(); setState({ curves: found.filter((c) => c !== null), read, failed }); }
      }
    };
    setState({ curves: [], read: 0, failed: 0 });
    for (let i = 0; i < atOnce; i++) void reader();
    return () => stopper.abort();
  }, [key, metric]);
  return state;
}
