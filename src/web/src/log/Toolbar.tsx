// What can be chosen and taken: attempt, lines, time, folding, wrapping, errors, copies, downloads.
import type { RunDetail } from '../api';
import { bytes, count } from '../format';
import { timeModes, type TimeMode } from './draw';
import { markPlaces, stepToError } from './marks';
import type { LogModel } from './model';
import { partAt } from './places';
import type { Search } from './search';
import { changeSettings, lineCounts, settings } from './settings';
import { downloadUrl } from './source';

export interface LogActions {
  attempt(id: string): void;
  raw(): void;
  copy(): void;
  copyLink(): void;
}

interface Props { model: LogModel; search: Search; detail: RunDetail; act: LogActions }

const timeNames: Record<TimeMode, string> = { none: 'no time', local: 'local time', UTC: 'UTC', relative: 'since the start' };

export function Toolbar({ model, search, detail, act }: Props) {
  const { time, wrap, lines } = settings.value;
  const parts = model.parts.value;
  // Of a joined log the attempt that is in view.
  const attempt = parts[partAt(parts, model.view.value.from)]?.attempt ?? model.attempt;
  const logs = detail.attempts.filter((a) => a.has_log || a.id === attempt);
  return (
    <div class="log-tools" role="toolbar" aria-label="Log">
      <select aria-label="Attempt" value={attempt} onChange={(e) => act.attempt(e.currentTarget.value)}>
        {logs.length === 0 && <option value={attempt}>no attempt yet</option>}
        {logs.map((a) => <option key={a.id} value={a.id}>attempt {a.id} · {a.state}{a.log_bytes === null ? '' : ` · ${bytes(a.log_bytes)}`}</option>)}
      </select>
      <select aria-label="Lines to go back" title="How far back the log goes here" value={String(lines)} onChange={(e) => changeSettings({ lines: Number(e.currentTarget.value) })}>
        {lineCounts.map((n) => <option key={n} value={String(n)}>{n === 0 ? 'all lines' : `last ${count(n)} lines`}</option>)}
      </select>
      <select aria-label="Time of the lines" title="When each line was seen to be written (t)" value={time} onChange={(e) => changeSettings({ time: e.currentTarget.value as TimeMode })}>
        {timeModes.map((m) => <option key={m} value={m}>{timeNames[m]}</option>)}
      </select>
      <span class="log-group">
        <button type="button" aria-pressed={model.raw} title="Every state of a progress bar as a line of its own (p)" onClick={act.raw}>Raw</button>
        <button type="button" aria-pressed={wrap} title="Wrap long lines (w)" onClick={() => changeSettings({ wrap: !wrap })}>Wrap</button>
        <button type="button" aria-pressed={model.follow.value} disabled={!model.growing.value || !model.newest} title="Stay at the end while the log grows (f)" onClick={() => model.setFollow(!model.follow.value)}>Follow</button>
      </span>
      <Errors model={model} />
      <span class="log-group">
        <button type="button" title="Copy the selection, else the marked lines, else all that is loaded" onClick={act.copy}>Copy</button>
        <button type="button" title="Copy a link to the marked lines, else to the first in view (y)" onClick={act.copyLink}>Link</button>
        <Downloads model={model} search={search} />
      </span>
    </div>
  );
}

function Errors({ model }: { model: LogModel }) {
  const errors = markPlaces(model, (kind) => kind === 'error').length;
  const more = model.marks.value.some((m) => m.partial || m.omitted > 0) ? '+' : '';
  return (
    <span class="log-group">
      <button type="button" title="Error above (E)" aria-label="Error above" onClick={() => stepToError(model, -1)}>↑</button>
      <span class={`log-errors ${errors > 0 ? 'bad' : 'dim'}`}>{errors === 1 && !more ? '1 error' : `${count(errors)}${more} errors`}</span>
      <button type="button" title="Error below (e)" aria-label="Error below" onClick={() => stepToError(model, 1)}>↓</button>
    </span>
  );
}

function Downloads({ model, search }: { model: LogModel; search: Search }) {
  const part = model.parts.value[partAt(model.parts.value, model.view.value.from)];
  const where = { attempt: part?.attempt ?? model.attempt, generation: part?.generation ?? '' };
  const marked = model.marked.value;
  const { text, regex, ignoreCase } = search.wish.value;
  return (
    <details class="log-menu">
      <summary title="Download">Download</summary>
      <div>
        <a download href={downloadUrl(model.run, where)}>The file as it is{part ? `, ${bytes(part.size)}` : ''}</a>
        <a download href={downloadUrl(model.run, { ...where, gzip: true })}>Compressed (gzip)</a>
        {text && <a download href={downloadUrl(model.run, { ...where, q: text, regex, ignore_case: ignoreCase })}>Only lines with “{text}”</a>}
        {marked && part && <a download href={downloadUrl(model.run, { ...where, from: String(Math.max(0, marked.from - part.base)), to: marked.to - part.base })}>The marked lines, {bytes(marked.to - marked.from)}</a>}
        <span class="dim">{model.path}</span>
      </div>
    </details>
  );
}
