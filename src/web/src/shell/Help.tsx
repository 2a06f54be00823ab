import { useEffect, useRef } from 'preact/hooks';
import { allHelp, helpShown } from '../keys';

/** All keys that work on this page now. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { if (helpShown.value) dialog.current?.showModal(); }, [helpShown.value]);
  if (!helpShown.value) return null;
  const close = () => { dialog.current?.close(); helpShown.value = false; };
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={close} onClick={(e) => { if (e.target === dialog.current) close(); }}>
      <div class="row"><h2 class="grow">Keys</h2><button onClick={close}>Close</button></div>
      {allHelp().map((part) => (
        <section key={part.title}>
          <h3>{part.title}</h3>
          <dl>{part.keys.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
        </section>
      ))}
    </dialog>
  );
}
