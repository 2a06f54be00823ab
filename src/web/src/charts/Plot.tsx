// A chart: built anew only when its lines become others; new points go into the one that is there.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../theme';
import { options, type Lines, type PlotSettings } from './options';
import './charts.css';

interface Props { lines: Lines; settings: PlotSettings; height: number; label: string; onReady?: (plot: uPlot) => void }

export function Plot({ lines, settings, height, label, onReady }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ lines, settings });
  latest.current = { lines, settings };
  const key = `${settings.key} ${settings.logX} ${settings.logY} ${theme.value} ${lines.series.length} ${lines.series.map((s) => s.label).join('\n')}`;
  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(options(element.clientWidth, height, () => latest.current.lines, () => latest.current.settings), latest.current.lines.data, element);
    plot.current = made;
    onReady?.(made);
    const resize = new ResizeObserver(() => { if (element.clientWidth !== made.width && element.clientWidth > 0) made.setSize({ width: element.clientWidth, height }); });
    resize.observe(element);
    return () => { resize.disconnect(); made.destroy(); plot.current = null; };
  }, [key, height]);
  useEffect(() => { plot.current?.setData(lines.data); }, [lines.data, settings.zoom]);
  return <div class="plot-box" ref={box} role="img" aria-label={label} />;
}
