// What can be done with the selected runs.
import { useState } from 'preact/hooks';
import type { ActionName } from '../api';
import { ask, titles } from '../actions/act';
import { plural } from '../format';
import { go } from '../router';
import { mayNotAct } from '../session';
import { allMatching, answered, type Question } from './runs';
import { clear, select, selected } from './selection';

const actions: ActionName[] = ['cancel', 'retry', 'hold', 'release', 'tag', 'note'];

export function Bulk({ question }: { question: Question }) {
  const runs = [...selected.value];
  const [busy, setBusy] = useState(false);
  if (runs.length === 0) return null;
  const matching = answered.value?.matching ?? 0;
  const all = async () => { setBusy(true); select(await allMatching(question)); setBusy(false); };
  const why = mayNotAct();
  return (
    <div class="bulk" role="toolbar" aria-label="Selected runs">
      <b>{plural(runs.length, 'run')} selected</b>
      {runs.length < matching && <button class="plain" disabled={busy} onClick={all}>Select all {matching} that match</button>}
      {why === null
        ? actions.map((a) => <button key={a} class={a === 'cancel' ? 'danger' : ''} onClick={() => ask(a, runs)}>{titles[a]}…</button>)
        : <span class="dim">Nothing may be changed here: {why}.</span>}
      <button disabled={runs.length < 2} onClick={() => go(`compare?runs=${runs.map(encodeURIComponent).join(',')}`)}>Compare</button>
      <button class="plain" onClick={clear}>Select none</button>
    </div>
  );
}
