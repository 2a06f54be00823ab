// Shows what would happen, run by run; does it after a yes; and shows what happened. On an error everything stays, and the same wish can be sent again.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionRequest, ActionResult, Problem } from '../api';
import { plain, plural } from '../format';
import { ProblemNote } from '../parts/parts';
import { asked, freshKey, post, titles, typedAbove, type Asked } from './act';
import { Fields } from './Fields';
import './actions.css';

export function ActionDialog() {
  return asked.value && <Dialog key={`${asked.value.action} ${asked.value.runs.join()} ${asked.value.more.firing ?? ''}`} asked={asked.value} />;
}

function Dialog({ asked: wish }: { asked: Asked }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [more, setMore] = useState(wish.more);
  const { preview, result, problem, busy, act } = useAction(wish, more);
  const [typed, setTyped] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => { asked.value = null; };
  const accepted = preview?.results.filter((r) => r.accepted).length ?? 0;
  const mustType = wish.action === 'cancel' && wish.runs.length > typedAbove;
  const ready = preview !== null && accepted > 0 && !busy && (!mustType || typed.trim() === String(wish.runs.length));
  const whom = wish.action === 'approve' ? '' : wish.runs.length === 1 ? ' this run' : ` ${plural(accepted, 'run')}`;
  const title = wish.action === 'approve' ? (more.refuse ? 'Refuse the action' : 'Approve the action') : titles[wish.action];
  return (
    <dialog ref={dialog} class="action" aria-label={title} onClose={close}>
      <h2>{title}: {wish.runs.length === 1 ? plain(wish.runs[0]!) : plural(wish.runs.length, 'run')}</h2>
      {result === null && <Fields action={wish.action} more={more} change={setMore} />}
      {problem && <ProblemNote problem={problem} />}
      {result ? <Results result={result} heading="What happened" /> : preview ? <Results result={preview} heading="What would happen" /> : !problem && <p class="dim">Asking what would happen…</p>}
      {result === null && mustType && accepted > 0 && (
        <label class="row">Type {wish.runs.length} to confirm <input value={typed} onInput={(e) => setTyped(e.currentTarget.value)} size={6} inputMode="numeric" /></label>
      )}
      <div class="row buttons">
        <button onClick={close}>{result ? 'Close' : 'Leave it'}</button>
        {result === null && <button class={`main${wish.action === 'cancel' ? ' danger' : ''}`} disabled={!ready} onClick={act}>{busy ? 'Sending…' : problem && preview ? 'Send again' : title + whom}</button>}
      </div>
    </dialog>
  );
}

/** The preview follows what is typed; the act keeps its key until it has an answer. */
function useAction(wish: Asked, more: Asked['more']) {
  const [preview, setPreview] = useState<ActionResult | null>(null);
  const [result, setResult] = useState<ActionResult | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const words = JSON.stringify(more);
  const key = useRef({ words, key: freshKey() });
  // Another text is another wish.
  if (key.current.words !== words) key.current = { words, key: freshKey() };
  const request = (isPreview: boolean): ActionRequest => ({ action: wish.action, runs: wish.runs, ...more, key: key.current.key, preview: isPreview });
  useEffect(() => {
    let stale = false;
    setPreview(null);
    const timer = setTimeout(async () => {
      const answer = await post(request(true));
      if (stale) return;
      if (answer.ok) setPreview(answer.value);
      setProblem(answer.ok ? null : answer.problem);
    }, words === JSON.stringify(wish.more) ? 0 : 400);
    return () => { stale = true; clearTimeout(timer); };
  }, [words]);
  const act = async () => {
    setBusy(true);
    const answer = await post(request(false));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setResult(answer.value);
    wish.done?.();
  };
  return { preview, result, problem, busy, act };
}

function Results({ result, heading }: { result: ActionResult; heading: string }) {
  const refused = result.results.filter((r) => !r.accepted).length;
  return (
    <section>
      <h3>{heading}{refused > 0 && <span class="bad"> · {refused} of {plural(result.results.length, 'run')} refused</span>}</h3>
      <ul class="results">
        {result.results.map((r) => (
          <li key={r.run}>
            <span class={r.accepted ? 'good' : 'bad'} aria-label={r.accepted ? 'accepted' : 'refused'}>{r.accepted ? '✓' : '✗'}</span>
            <div><b>{plain(r.run)}</b> {plain(r.text)}{r.command && <code>{plain(r.command)}</code>}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
