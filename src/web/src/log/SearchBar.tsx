// Searching: the field with its switches, how far it is, and the list of hits.
import { useState } from 'preact/hooks';
import { url } from '../base';
import { bytes, count, plural } from '../format';
import { pieces } from './ansi';
import type { LogModel } from './model';
import { runName } from './names';
import { hashOf, partOf } from './places';
import type { Hit, Search, Wish } from './search';

interface Props { model: LogModel; search: Search }

export function SearchBar({ model, search }: Props) {
  const wish = search.wish.value;
  const course = search.course.value;
  const change = (part: Partial<Wish>) => {
    search.wish.value = { ...search.wish.peek(), ...part };
    if (!('text' in part) && course.state !== 'idle') void search.start(model);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void search.start(model).then(() => search.step(model, 1));
  };
  return (
    <form class="log-search" role="search" onSubmit={submit}>
      <input id="log-search" type="search" placeholder="Search the whole log ( / )" aria-label="Search the whole log" value={wish.text} maxLength={512} spellcheck={false}
        onInput={(e) => change({ text: e.currentTarget.value })}
        onKeyDown={(e) => { if (e.key === 'Escape') { search.clear(); e.currentTarget.blur(); document.getElementById('log-lines')?.focus(); e.stopPropagation(); } }} />
      <Switch on={wish.regex} title="Regular expression (no look-around, no back-references)" text=".*" turn={(regex) => change({ regex })} />
      <Switch on={!wish.ignoreCase} title="Match upper and lower case" text="Aa" turn={(exact) => change({ ignoreCase: !exact })} />
      <select aria-label="Lines of context around a hit" title="Lines of context around a hit" value={String(wish.context)} onChange={(e) => change({ context: Number(e.currentTarget.value) })}>
        {[0, 1, 3, 10].map((n) => <option key={n} value={String(n)}>±{n}</option>)}
      </select>
      <select aria-label="Where to search" value={wish.everywhere ? 'all' : 'run'} onChange={(e) => change({ everywhere: e.currentTarget.value === 'all' })}>
        <option value="run">this run</option>
        <option value="all">all runs of the experiment</option>
      </select>
      <Standing model={model} search={search} />
    </form>
  );
}

const Switch = ({ on, title, text, turn }: { on: boolean; title: string; text: string; turn: (on: boolean) => void }) => (
  <button type="button" class="switch" aria-pressed={on} title={title} aria-label={title} onClick={() => turn(!on)}>{text}</button>
);

function Standing({ model, search }: Props) {
  const { state, scanned, size, problem, cut } = search.course.value;
  const found = search.hits.value.length;
  if (state === 'idle') return null;
  const words = state === 'running' ? `scanned ${bytes(scanned)} of ${bytes(size)}, ${plural(found, 'hit')}` : `${plural(found, 'hit')}${cut ? ', more were left out' : ''}${state === 'stopped' ? ', stopped' : ''}`;
  return (
    <span class="log-standing" role="status">
      {problem ? <span class="bad">{problem}</span> : words}
      {state === 'running'
        ? <button type="button" onClick={() => search.stop()}>Stop</button>
        : <>
            <button type="button" title="Hit above (N)" aria-label="Hit above" disabled={found === 0} onClick={() => search.step(model, -1)}>↑</button>
            <button type="button" title="Hit below (n)" aria-label="Hit below" disabled={found === 0} onClick={() => search.step(model, 1)}>↓</button>
            <button type="button" title="Forget this search (Esc)" aria-label="Forget this search" onClick={() => search.clear()}>✕</button>
          </>}
    </span>
  );
}

const pageOfHits = 200;

export function HitList({ model, search }: Props) {
  const [shown, setShown] = useState(pageOfHits);
  const hits = search.hits.value;
  const { state, problem } = search.course.value;
  if (state === 'idle') return null;
  if (hits.length === 0) return state === 'done' && !problem ? <p class="log-hits dim">No line has “{search.wish.value.text}”.</p> : null;
  return (
    <div class="log-hits" aria-label="Hits" role="region">
      <ol>{hits.slice(0, shown).map((hit) => <HitItem key={`${hit.run} ${hit.attempt} ${hit.generation} ${hit.line.offset}`} hit={hit} model={model} search={search} />)}</ol>
      {hits.length > shown && <button type="button" onClick={() => setShown(shown + pageOfHits)}>Show {count(Math.min(pageOfHits, hits.length - shown))} more</button>}
    </div>
  );
}

function HitItem({ hit, model, search }: Props & { hit: Hit }) {
  const here = hit.run === model.run;
  const hash = hashOf({ attempt: hit.attempt, generation: hit.generation, offset: hit.line.offset, to: hit.line.offset + hit.line.length });
  const part = model.parts.value[partOf(model.parts.value, hit.attempt, hit.generation)];
  const pos = here && part ? part.base + hit.line.offset : null;
  const open = (event: MouseEvent) => {
    if (pos === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    model.current.value = pos;
    void model.jump(pos);
  };
  return (
    <li class={pos !== null && model.current.value === pos ? 'current' : ''}>
      <a href={url(`run/${hit.run}/log${hash}`)} onClick={open}>
        {search.wish.value.everywhere && <span class="hit-run">{runName(hit.run)}</span>}
        {hit.before.map((line) => <span key={line.offset} class="hit-line dim">{flat(line.text)}</span>)}
        <span class="hit-line">{flat(hit.line.text)}</span>
        {hit.after.map((line) => <span key={line.offset} class="hit-line dim">{flat(line.text)}</span>)}
      </a>
    </li>
  );
}

const flat = (text: string) => pieces(text.slice(0, 400)).map((p) => p.text).join('');
