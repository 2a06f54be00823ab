// What a person should know before he reads the table. Nothing, on a good day.
import { experiments } from '../live';
import { plain, plural, time } from '../format';
import { url } from '../base';

export function Notices() {
  const notes = (experiments.value ?? []).flatMap((e) => {
    const link = <a href={url(`?experiment=${encodeURIComponent(e.id)}`)}>{plain(e.name)}</a>;
    return [
      e.trouble && <p key={`${e.id} t`} class="note bad-note">{link}: {plain(e.trouble)}</p>,
      e.monitor.silent_since && <p key={`${e.id} m`} class="note bad-note">{link}: its monitor has been silent since {time(e.monitor.silent_since)}; nobody watches these runs. Start it again: <code>vigil watch {plain(e.dir)}</code></p>,
      e.waiting_actions > 0 && <p key={`${e.id} a`} class="note warn-note">{link}: {plural(e.waiting_actions, 'action')} of its rules {e.waiting_actions === 1 ? 'waits' : 'wait'} for your word.</p>,
    ].filter(Boolean);
  });
  return notes.length > 0 ? <div class="notices">{notes}</div> : null;
}
