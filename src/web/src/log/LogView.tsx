// The log of a run: any size, live, searchable, and with a link for every line.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RunDetail } from '../api';
import { plural } from '../format';
import { useKeys } from '../keys';
import { go, place } from '../router';
import { plainText } from './ansi';
import { copy } from './clipboard';
import { timeModes } from './draw';
import { stepToError, watchMarks } from './marks';
import { LogModel } from './model';
import { partOf, readHash, type Span } from './places';
import { endOfRow } from './rows';
import { Search } from './search';
import { HitList, SearchBar } from './SearchBar';
import { changeSettings, settings } from './settings';
import { StatusLine } from './StatusLine';
import { Toolbar } from './Toolbar';
import { Viewport } from './Viewport';
import './log.css';

export function LogView({ run, detail }: { run: string; detail: RunDetail }) {
  const newest = (detail.attempts.findLast((a) => a.has_log) ?? detail.attempts.at(-1))?.id ?? '';
  const [attempt, setAttempt] = useState(() => linkedAttempt(detail) ?? newest);
  const [raw, setRaw] = useState(false);
  const { lines, time, wrap } = settings.value;
  const search = useMemo(() => new Search(run), [run]);
  const model = useMemo(() => new LogModel(run, attempt, attempt === newest, raw, lines), [run, attempt, raw, lines]);
  // A link opens its place once; a model made for another view of the same attempt begins where the last one was.
  const at = useRef<Span | number | null>(readHash(place.peek().hash));
  const said = useRef(place.peek().hash);
  useOpening(model, detail, at);
  useEffect(() => () => search.stop(), [search]);

  const hash = place.value.hash;
  useEffect(() => {
    const span = readHash(hash);
    if (!span || hash === said.current) return;
    said.current = hash;
    if (partOf(model.parts.peek(), span.attempt, '') >= 0) return model.show(span);
    at.current = span;
    setAttempt(span.attempt);
  }, [hash]);

  const stay = () => { at.current = model.follow.peek() ? null : model.view.peek().from; };
  const act = {
    attempt: (id: string) => {
      say(said, '');
      const parts = model.parts.peek();
      const part = parts.find((p) => p.attempt === id);
      if (!part) { at.current = null; setAttempt(id); }
      else if (id === parts.at(-1)!.attempt) model.toEnd();
      else void model.jump(part.base, 'top');
    },
    raw: () => { stay(); setRaw(!raw); },
    copy: () => void copyLines(model),
    copyLink: () => void copyLink(model, said),
  };
  useLogKeys(model, search, act);
  const started = Date.parse(detail.attempts.find((a) => a.id === attempt)?.started ?? '') || null;
  const tools = <Toolbar model={model} search={search} detail={detail} act={act} />;
  if (model.problem.value) return <>{tools}<NoLog text={model.problem.value} /></>;
  return (
    <section class="log" aria-label="Log">
      {tools}
      <SearchBar model={model} search={search} />
      <Viewport model={model} search={search} time={time} wrap={wrap} started={started} onMark={() => say(said, linkOf(model))} />
      <HitList model={model} search={search} />
      {model.notice.value && <p class="log-notice" role="status">{model.notice.value} <button type="button" onClick={() => { model.notice.value = null; }}>OK</button></p>}
      <StatusLine model={model} />
    </section>
  );
}

const NoLog = ({ text }: { text: string }) => (
  <section class="log-empty">
    <p>{text}</p>
    <p class="dim">This page looks again every 5 seconds and shows the log as soon as there is one.</p>
  </section>
);

function linkedAttempt(detail: RunDetail): string | null {
  const asked = readHash(place.peek().hash)?.attempt;
  return detail.attempts.some((a) => a.id === asked) ? asked! : null;
}

function useOpening(model: LogModel, detail: RunDetail, at: { current: Span | number | null }): void {
  useEffect(() => {
    const open = () => model.open(detail, at.current);
    void open().then(() => { at.current = null; });
    const again = setInterval(() => { if (model.problem.peek() && !document.hidden) void open(); }, 5000);
    const stopMarks = watchMarks(model);
    return () => { clearInterval(again); stopMarks(); model.close(); };
  }, [model]);
}

/** Puts a place into the address, without a step in the history. */
function say(said: { current: string }, hash: string): void {
  said.current = hash;
  const { path, search } = place.peek();
  go(path + search + hash, 'replace');
}

const linkOf = (model: LogModel) => (model.marked.peek() ? model.hashOf(model.marked.peek()!) : '');

async function copyLink(model: LogModel, said: { current: string }): Promise<void> {
  const first = model.rows[model.shown.first];
  const hash = linkOf(model) || (first ? model.hashOf({ from: first.pos, to: endOfRow(first) }) : '');
  say(said, hash);
  model.notice.value = (await copy(location.href)) ? 'The link is in the clipboard.' : 'The clipboard is closed to this page; the link stands in the address bar.';
}

async function copyLines(model: LogModel): Promise<void> {
  const selection = getSelection();
  const chosen = selection && !selection.isCollapsed ? selection.toString() : '';
  const marked = model.marked.peek();
  const rows = model.rows.filter((r) => r.kind === 'line' && (!marked || (r.pos < marked.to && endOfRow(r) > marked.from)));
  const text = chosen || rows.map((r) => (r.kind === 'line' ? plainText(r.line.text) : '')).join('\n');
  const what = chosen ? 'The selection is' : `${plural(rows.length, 'line')} ${rows.length === 1 ? 'is' : 'are'}`;
  model.notice.value = (await copy(text)) ? `${what} in the clipboard.` : 'The clipboard is closed to this page.';
}

function useLogKeys(model: LogModel, search: Search, act: { raw: () => void; copyLink: () => void }): void {
  const { time, wrap } = settings.value;
  const error = (direction: 1 | -1) => {
    if (!stepToError(model, direction)) model.notice.value = direction > 0 ? 'No error below.' : 'No error above.';
  };
  const follow = () => model.setFollow(!model.follow.peek());
  useKeys({
    f: follow, End: () => model.toEnd(), Home: () => model.toStart(),
    e: () => error(1), E: () => error(-1),
    '/': () => document.getElementById('log-search')?.focus(),
    n: () => void search.step(model, 1), N: () => void search.step(model, -1),
    p: act.raw, w: () => changeSettings({ wrap: !wrap }),
    t: () => changeSettings({ time: timeModes[(timeModes.indexOf(time) + 1) % timeModes.length]! }),
    y: act.copyLink,
    Escape: () => { model.marked.value = model.current.value = model.notice.value = null; search.clear(); },
  }, {
    title: 'Log',
    keys: [['f', 'follow the end, or stop'], ['Home End', 'first line, last line'], ['e E', 'next error, error before'], ['/', 'search'], ['n N', 'next hit, hit before'],
      ['p', 'every state of progress bars'], ['w', 'wrap long lines'], ['t', 'time of the lines'], ['y', 'copy a link'], ['Esc', 'forget marks and search']],
  });
}
