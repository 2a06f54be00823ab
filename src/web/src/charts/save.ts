// A chart as a file: a picture, or its numbers.
import type uPlot from 'uplot';
import { styleColour } from './colours';

export function savePicture(plot: uPlot, name: string): void {
  const from = plot.ctx.canvas;
  const canvas = document.createElement('canvas');
  canvas.width = from.width;
  canvas.height = from.height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = styleColour('--bg');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(from, 0, 0);
  canvas.toBlob((blob) => { if (blob) save(blob, `${name}.png`); });
}

export function saveTable(head: string[], rows: (string | number | null)[][], name: string): void {
  const cell = (value: string | number | null) => (value === null ? '' : typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`);
  save(new Blob([[head, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n'], { type: 'text/csv' }), `${name}.csv`);
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\w.-]+/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
