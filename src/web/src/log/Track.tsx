// The scroll bar: as long as the log has bytes, with its marks. The box is what is in view, and can be dragged.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../theme';
import { markPlaces } from './marks';
import type { LogModel } from './model';
import type { Search } from './search';

const leastBox = 22;

export function Track({ model, search }: { model: LogModel; search: Search }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    let frame = 0;
    const soon = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(element, model, search); }); };
    const stop = effect(() => {
      void [model.view.value, model.parts.value, model.marks.value, model.floor.value, search.hits.value, theme.value];
      soon();
    });
    const resize = new ResizeObserver(soon);
    resize.observe(element);
    return () => { stop(); resize.disconnect(); cancelAnimationFrame(frame); };
  }, [model]);
  const { view, floor } = model;
  const span = Math.max(1, model.end - floor.value);
  return (
    <div class="log-track" role="scrollbar" aria-controls="log-lines" aria-orientation="vertical" aria-label="Place in the log"
      aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(((view.value.from - floor.value) / span) * 100)}
      onPointerDown={(event) => drag(event, model)}>
      <canvas ref={canvas} />
    </div>
  );
}

interface Box { top: number; height: number }

function boxOf(model: LogModel, height: number): Box {
  const floor = model.floor.value;
  const span = Math.max(1, model.end - floor);
  const { from, to } = model.view.value;
  const size = Math.min(height, Math.max(leastBox, ((to - from) / span) * height));
  // The room that is left is shared out by bytes, so that the box reaches both ends in spite of its least size.
  const room = Math.max(1, span - (to - from));
  return { top: Math.max(0, Math.min(1, (from - floor) / room)) * (height - size), height: size };
}

function draw(canvas: HTMLCanvasElement, model: LogModel, search: Search): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const floor = model.floor.value;
  const span = Math.max(1, model.end - floor);
  const line = (places: number[], name: string, left: number, thick: number) => {
    context.fillStyle = colour(name);
    for (const pos of places) if (pos >= floor) context.fillRect(left, Math.min(height - thick, ((pos - floor) / span) * height), width - left, thick);
  };
  const box = boxOf(model, height);
  context.fillStyle = colour('--select');
  context.fillRect(0, box.top, width, box.height);
  context.strokeStyle = colour('--edge');
  context.strokeRect(0.5, box.top + 0.5, width - 1, box.height - 1);
  line(model.parts.value.slice(1).map((p) => p.base), '--dim', 0, 1);
  line(markPlaces(model, (k) => k === 'checkpoint' || k === 'resume'), '--good', 6, 2);
  line(markPlaces(model, (k) => k === 'warning'), '--warn', 4, 1);
  line(markPlaces(model, (k) => k === 'error'), '--bad', 2, 2);
  line(search.places(model), '--accent', 0, 2);
}

function drag(event: PointerEvent & { currentTarget: HTMLElement }, model: LogModel): void {
  if (event.button !== 0) return;
  event.preventDefault();
  const track = event.currentTarget;
  const { top, height } = track.getBoundingClientRect();
  const box = boxOf(model, height);
  const y = event.clientY - top;
  // Held where it was taken; beside it the box comes to the pointer.
  const held = y >= box.top && y <= box.top + box.height ? y - box.top : box.height / 2;
  let asked: number | null = null;
  let going = false;
  const go = async () => {
    if (going) return;
    going = true;
    // One request at a time; of all places that the pointer passed meanwhile only the last counts.
    while (asked !== null) {
      const pos = asked;
      asked = null;
      await model.jump(pos, 'top');
    }
    going = false;
  };
  const move = (to: number) => {
    const share = Math.max(0, Math.min(1, (to - top - held) / Math.max(1, height - box.height)));
    asked = Math.min(model.end - 1, Math.floor(model.floor.value + share * (model.end - model.floor.value)));
    void go();
  };
  const moved = (e: PointerEvent) => move(e.clientY);
  const done = () => {
    track.removeEventListener('pointermove', moved);
    track.removeEventListener('pointerup', done);
    track.removeEventListener('pointercancel', done);
  };
  track.setPointerCapture(event.pointerId);
  track.addEventListener('pointermove', moved);
  track.addEventListener('pointerup', done);
  track.addEventListener('pointercancel', done);
  if (y < box.top || y > box.top + box.height) move(event.clientY);
}
