// The metrics of a run: fetched for what is in view, and again as long as they change.
import { signal } from '@preact/signals';
import type { Metrics, Series } from '../api';
import type { Zoom } from '../charts/options';
import { getJson } from '../http';

const points = 600;
const namesAtOnce = 20;
const soonest = 5000;
const latest = 60_000;

export class MetricStore {
  readonly names = signal<string[] | null>(null);
  readonly series = signal<Map<string, Series[]>>(new Map());
  readonly markers = signal<Metrics['markers']>([]);
  readonly problem = signal<string | null>(null);
  readonly x = signal<'step' | 'time'>('step');
  readonly zoom = signal<Zoom | null>(null);
  private readonly inView = new Set<string>();
  private timer = 0;
  private pause = soonest;
  private turn = 0;
  /** What the last answers ended with: as long as it stays, the next one is asked later. */
  private newest = '';

  constructor(private readonly run: string) {}

  open(): () => void {
    void this.read();
    const seen = () => { if (!document.hidden) this.soon(0); };
    document.addEventListener('visibilitychange', seen);
    return () => { this.turn++; clearTimeout(this.timer); document.removeEventListener('visibilitychange', seen); };
  }

  show(name: string, visible: boolean): void {
    if (!visible) { this.inView.delete(name); return; }
    this.inView.add(name);
    if (!this.series.peek().has(name)) this.soon(30);
  }

  setX(x: 'step' | 'time'): void {
    this.x.value = x;
    this.zoom.value = null;
    this.series.value = new Map();
    this.soon(0);
  }

  setZoom(zoom: Zoom | null): void {
    this.zoom.value = zoom;
    this.soon(150);
  }

  private soon(ms: number): void {
    this.pause = soonest;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), ms);
  }

  private async read(): Promise<void> {
    if (document.hidden) return;
    const turn = ++this.turn;
    const wanted = [...this.inView];
    const pages = wanted.length === 0 ? [[]] : wanted.flatMap((_, i) => (i % namesAtOnce ? [] : [wanted.slice(i, i + namesAtOnce)]));
    const answers: Metrics[] = [];
    for (const names of pages) {
      const answer = await getJson<Metrics>(this.address(names));
      if (turn !== this.turn) return;
      this.problem.value = answer.ok ? null : answer.problem.problem;
      if (answer.ok) answers.push(answer.value);
    }
    if (answers.length > 0) this.take(answers, wanted);
    this.timer = setTimeout(() => void this.read(), this.pause);
  }

  private take(answers: Metrics[], wanted: string[]): void {
    const { names, markers } = answers[0]!;
    if (names.join('\n') !== this.names.peek()?.join('\n')) this.names.value = names;
    this.markers.value = markers;
    const series = new Map(this.series.peek());
    for (const name of wanted) series.set(name, answers.flatMap((a) => a.series.filter((s) => s.name === name)));
    if (wanted.length > 0) this.series.value = series;
    const newest = wanted.map((name) => series.get(name)?.at(-1)?.x.at(-1)).join();
    this.pause = newest === this.newest ? Math.min(latest, this.pause * 2) : soonest;
    this.newest = newest;
  }

  private address(names: string[]): string {
    const zoom = this.zoom.peek();
    const range = zoom ? `&from=${zoom.from}&to=${zoom.to}` : '';
    return `api/runs/${this.run}/metrics?names=${names.map(encodeURIComponent).join(',')}&x=${this.x.peek()}&points=${points}${range}`;
  }
}
