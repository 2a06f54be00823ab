// A search of the whole log by the server: hits come as a stream, and can be stopped.
import { signal } from '@preact/signals';
import type { SearchLine } from '../api';
import type { LogModel } from './model';
import { partOf } from './places';
import { searchUrl } from './source';
import { step } from './marks';

export type Hit = Extract<SearchLine, { hit: unknown }>['hit'];

export interface Wish {
  text: string;
  regex: boolean;
  ignoreCase: boolean;
  context: number;
  /** All runs of the experiment. */
  everywhere: boolean;
}

export interface Course { state: 'idle' | 'running' | 'done' | 'stopped'; scanned: number; size: number; hits: number; cut: boolean; problem: string | null }

const idle: Course = { state: 'idle', scanned: 0, size: 0, hits: 0, cut: false, problem: null };

export class Search {
  readonly wish = signal<Wish>({ text: '', regex: false, ignoreCase: true, context: 0, everywhere: false });
  readonly hits = signal<Hit[]>([]);
  readonly course = signal<Course>(idle);
  private stopper: AbortController | null = null;
  private found: Hit[] = [];
  private flushTimer = 0;

  constructor(private readonly run: string) {}

  async start(model: LogModel): Promise<void> {
    this.stop();
    const { text, regex, ignoreCase, context, everywhere } = this.wish.peek();
    this.found = [];
    this.hits.value = [];
    this.course.value = { ...idle, state: text ? 'running' : 'idle' };
    if (!text) return;
    const stopper = this.stopper = new AbortController();
    const address = searchUrl(this.run, { q: text, regex, ignore_case: ignoreCase, context, attempt: everywhere ? null : model.attempt, scope: everywhere ? 'experiment' : null });
    try {
      const response = await fetch(address, { signal: stopper.signal, credentials: 'same-origin' });
      if (!response.ok) throw new Error(await refusal(response));
      await this.read(response);
      this.end('done');
    } catch (error) {
      if (stopper.signal.aborted) return;
      this.end('done', error instanceof Error ? error.message : 'The search broke off.');
    }
  }

  stop(): void {
    if (!this.stopper) return;
    this.stopper.abort();
    this.stopper = null;
    if (this.course.peek().state === 'running') this.end('stopped');
  }

  clear(): void {
    this.stop();
    this.found = [];
    this.hits.value = [];
    this.course.value = idle;
  }

  /** Where the hits of this run stand, in the joined log. */
  places(model: LogModel): number[] {
    const parts = model.parts.value;
    const bases = new Map<string, number | null>();
    const base = (hit: Hit) => {
      const key = `${hit.attempt} ${hit.generation}`;
      if (!bases.has(key)) bases.set(key, parts[partOf(parts, hit.attempt, hit.generation)]?.base ?? null);
      return bases.get(key)!;
    };
    return this.hits.value.flatMap((hit) => (hit.run === this.run && base(hit) !== null ? base(hit)! + hit.line.offset : []));
  }

  step(model: LogModel, direction: 1 | -1): boolean {
    const places = this.places(model);
    const here = model.current.peek() ?? model.view.peek().from;
    const next = step(places, here, direction) ?? (direction > 0 ? places[0] : places.at(-1));
    if (next === undefined) return false;
    model.current.value = next;
    void model.jump(next);
    return true;
  }

  private async read(response: Response): Promise<void> {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? '')).split('\n');
      rest = done ? '' : lines.pop()!;
      for (const line of lines) if (line.trim()) this.take(JSON.parse(line) as SearchLine);
      if (done) return;
    }
  }

  private take(line: SearchLine): void {
    if ('hit' in line) {
      this.found.push(line.hit);
      this.flushTimer ||= setTimeout(() => this.flush(), 100);
    } else if ('problem' in line) this.course.value = { ...this.course.peek(), problem: line.problem };
    else if ('progress' in line) this.course.value = { ...this.course.peek(), ...line.progress };
    else this.course.value = { ...this.course.peek(), ...line.done };
  }

  private end(state: Course['state'], problem: string | null = this.course.peek().problem): void {
    this.flush();
    this.course.value = { ...this.course.peek(), state, problem };
  }

  private flush(): void {
    clearTimeout(this.flushTimer);
    this.flushTimer = 0;
    // In the order of the log, however they came; runs stay together.
    this.hits.value = [...this.found].sort((a, b) => (a.run === b.run ? 0 : a.run < b.run ? -1 : 1) || Number(a.attempt > b.attempt) - Number(a.attempt < b.attempt) || a.line.offset - b.line.offset);
  }
}

async function refusal(response: Response): Promise<string> {
  try {
    const said = (await response.json()) as { problem?: string; remedy?: string | null };
    return [said.problem, said.remedy].filter(Boolean).join(' ');
  } catch { return `The search was refused (status ${response.status}).`; }
}
