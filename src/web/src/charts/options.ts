// Options of a uPlot chart as this page wants them: synced cursors, a zoom that stays, marks on the border.
import uPlot from 'uplot';
import { styleColour } from './colours';

export interface Zoom { from: number; to: number }
export interface Mark { x: number; kind: 'checkpoint' | 'restart' | 'bad'; text: string }

export interface Lines {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  bands: uPlot.Band[];
  marks: Mark[];
}

export interface PlotSettings {
  /** Says when the chart has to be built anew, other than by new data. */
  key: string;
  logX: boolean;
  logY: boolean;
  zoom: Zoom | null;
  /** How a place on the x axis reads. */
  xText: (x: number) => string;
  onZoom: (zoom: Zoom | null) => void;
  onCursor: (index: number | null) => void;
  onPick: (x: number, y: number) => void;
}

const font = '11px system-ui, sans-serif';

/** A round number, and no more of it than its digits. */
const tick = (v: number) => (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e6) ? v.toExponential(2).replace(/\.?0*e\+?/, 'e') : String(Number(v.toPrecision(6))));

/** The settings are asked for anew with every use: a chart outlives many of them. */
export function options(width: number, height: number, lines: () => Lines, settings: () => PlotSettings): uPlot.Options {
  const { series, bands } = lines();
  const { logX, logY } = settings();
  const axis = (): uPlot.Axis => ({
    stroke: styleColour('--dim'), font, ticks: { show: false }, grid: { stroke: styleColour('--line'), width: 1 },
  });
  return {
    width, height, padding: [8, 10, 0, 0], legend: { show: false },
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: (_, min, max) => span(settings().zoom, min, max) },
      y: { distr: logY ? 3 : 1, ...(logY ? {} : { range: { min: { pad: 0.06 }, max: { pad: 0.06 } } }) },
    },
    axes: [
      { ...axis(), size: 26, gap: 4, space: 70, values: (_, all) => all.map((v) => (v === null ? '' : settings().xText(v))) },
      { ...axis(), size: 56, gap: 4, values: (_, all) => all.map((v) => (v === null ? '' : tick(v))) },
    ],
    series: [{}, ...series], bands,
    cursor: {
      y: false, drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      sync: { key: 'vigil', setSeries: false, scales: ['x', null], filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } },
      bind: { dblclick: () => () => { settings().onZoom(null); return null; } },
    },
    hooks: {
      setSelect: [(u) => zoomTo(u, settings())],
      setCursor: [(u) => settings().onCursor(u.cursor.idx ?? null)],
      draw: [(u) => drawMarks(u, lines().marks)],
      ready: [(u) => u.over.addEventListener('click', () => pick(u, settings()))],
    },
  };
}

function span(zoom: Zoom | null, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (zoom) return [zoom.from, zoom.to];
  if (min === null || max === null) return [0, 1];
  return min === max ? [min - 1, max + 1] : [min, max];
}

function zoomTo(u: uPlot, settings: PlotSettings): void {
  const { left, width } = u.select;
  if (width > 4) settings.onZoom({ from: u.posToVal(left, 'x'), to: u.posToVal(left + width, 'x') });
  if (width > 0) u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function pick(u: uPlot, settings: PlotSettings): void {
  const { left = -1, top = -1 } = u.cursor;
  if (left >= 0) settings.onPick(u.posToVal(left, 'x'), u.posToVal(top, 'y'));
}

/** Restarts as dashed lines, checkpoints as ticks below, values that are no numbers as ticks above. */
function drawMarks(u: uPlot, marks: Mark[]): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  const scale = devicePixelRatio || 1;
  ctx.save();
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.x, 'x', true)) + 0.5;
    if (!(x >= left && x <= left + width)) continue;
    const [colour, from, to] = mark.kind === 'restart' ? ['--warn', top, top + height]
      : mark.kind === 'checkpoint' ? ['--good', top + height - 7 * scale, top + height] : ['--bad', top, top + 7 * scale];
    ctx.strokeStyle = styleColour(colour as string);
    ctx.lineWidth = mark.kind === 'restart' ? scale : 2 * scale;
    ctx.setLineDash(mark.kind === 'restart' ? [4 * scale, 4 * scale] : []);
    ctx.beginPath();
    ctx.moveTo(x, from as number);
    ctx.lineTo(x, to as number);
    ctx.stroke();
  }
  ctx.restore();
}
