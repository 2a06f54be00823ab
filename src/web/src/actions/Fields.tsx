import type { ActionName } from '../api';
import type { Asked } from './act';

type More = Asked['more'];

/** What some actions need to be told. */
export function Fields({ action, more, change }: { action: ActionName; more: More; change: (to: More) => void }) {
  if (action === 'tag' || action === 'note') {
    return (
      <label class="field">
        {action === 'tag' ? 'Tags, with blanks between them; they replace those there are' : 'Note'}
        {action === 'tag'
          ? <input value={more.text ?? ''} autofocus onInput={(e) => change({ ...more, text: e.currentTarget.value })} />
          : <textarea rows={3} autofocus value={more.text ?? ''} onInput={(e) => change({ ...more, text: e.currentTarget.value })} />}
      </label>
    );
  }
  if (action === 'branch') {
    return (
      <>
        {more.checkpoint && <p>From <code>{more.checkpoint}</code></p>}
        <label class="field">
          Changed settings, one key=value a line
          <textarea rows={4} class="mono" spellcheck={false} placeholder="optimizer.lr=1e-4" value={(more.overrides ?? []).join('\n')}
            onInput={(e) => change({ ...more, overrides: e.currentTarget.value.split('\n').filter((l) => l.trim() !== '') })} />
        </label>
      </>
    );
  }
  return null;
}
