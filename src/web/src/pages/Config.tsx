import { useRef, useState } from 'preact/hooks';
import type { ConfigLeaf } from '../api';
import { plain } from '../format';
import { useKeys } from '../keys';
import { useLoad } from '../load';
import { Copy, Empty, ProblemNote } from '../parts/parts';
import './pages.css';

/** The run's configuration, leaf by leaf, each with where it comes from. */
export function ConfigPage({ run }: { run: string }) {
  const { value, problem, again } = useLoad<ConfigLeaf[]>(`api/runs/${run}/config`);
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => input.current?.focus() }, { title: 'Configuration', keys: [['/', 'search keys, values and origins']] });
  if (problem) return <ProblemNote problem={problem} again={again} />;
  if (!value) return <p class="dim" role="status">Asking for the configuration…</p>;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = value.filter((leaf) => words.every((w) => `${leaf.key} ${leaf.value} ${leaf.origin ?? ''}`.toLowerCase().includes(w)));
  return (
    <div class="config">
      <div class="row">
        <input ref={input} type="search" class="grow" placeholder="Search keys, values and origins   ( / )" aria-label="Search the configuration" value={text} onInput={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => { if (e.key === 'Escape') e.currentTarget.blur(); }} />
        <span class="dim num">{shown.length} of {value.length}</span>
        <Copy text={shown.map((l) => `${l.key}=${l.value}`).join('\n')} label="Copy these" />
      </div>
      {shown.length === 0 ? <Empty title={value.length === 0 ? 'This run has no configuration.' : 'No key, value or origin has these words.'} /> : (
        <table class="list">
          <thead><tr><th>key</th><th>value</th><th class="origin">from</th></tr></thead>
          <tbody>{shown.map((l) => <tr key={l.key}><td><code>{plain(l.key)}</code></td><td><code>{plain(l.value)}</code></td><td class="origin dim">{plain(l.origin ?? '')}</td></tr>)}</tbody>
        </table>
      )}
    </div>
  );
}
