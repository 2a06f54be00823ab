// The log as it stands on the disk, its last 100 lines, for a look without a live connection; and what the monitor says.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogLine, Monitor, RunDetail } from '../api';
import { url } from '../base';
import { age, bytes, plural, time } from '../format';
import { getJson } from '../http';
import { plainText } from './ansi';
import { copy } from './clipboard';
import { drawRow } from './draw';
import { toRows } from './rows';
import { getTail } from './source';
import './log.css';
import './training.css';

const lineCount = 100;
const refreshMs = 4000;

export function TrainingPanel({ run, detail }: { run: string; detail: RunDetail }) {
  return (
    <section class="training" aria-label="Persisted logs">
      <MonitorPanel run={run} monitor={detail.monitor} />
      <LogPanel run={run} attempt={detail.attempts.findLast((a) => a.has_log)?.id ?? ''} />
    </section>
  );
}

/** Calls at once, then every few seconds while the panel is open and the page is in sight. */
function useRefresh(open: boolean, read: () => void): void {
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!open) return;
    const seen = () => { if (!document.hidden) latest.current(); };
    seen();
    const timer = setInterval(seen, refreshMs);
    document.addEventListener('visibilitychange', seen);
    return () => { clearInterval(timer); document.removeEventListener('visibilitychange', seen); };
  }, [open]);
}

function Accordion({ title, toggle, children }: { title: string; toggle: (open: boolean) => void; children: ComponentChildren }) {
  return (
    <details class="box" onToggle={(e) => toggle(e.currentTarget.open)}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function MonitorPanel({ run, monitor }: { run: string; monitor: Monitor }) {
  const [open, setOpen] = useState(false);
  const [lines, setLines] = useState<string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  useRefresh(open, async () => {
    const answer = await getJson<{ lines: string[] }>(`api/runs/${run}/monitor-log?lines=10`);
    setProblem(answer.ok ? null : answer.problem.problem);
    if (answer.ok) setLines(answer.value.lines);
  });
  return (
    <Accordion title="🩺 Monitor Status & Logs" toggle={setOpen}>
      <p class={monitor.alive ? 'good' : 'warn'}>{monitorState(monitor)}</p>
      {problem && <p class="bad">{problem}</p>}
      <pre class="training-box small" tabIndex={0} aria-label="The last 10 lines of the monitor's log">
        {lines.length === 0 ? 'The monitor has written nothing yet.' : lines.map(plainText).join('\n')}
      </pre>
    </Accordion>
  );
}

function monitorState(monitor: Monitor): string {
  const where = monitor.host ? ` on ${monitor.host}${monitor.pid === null ? '' : `, process ${monitor.pid}`}` : '';
  if (monitor.alive) return `The monitor runs${where}${monitor.beat_age === null ? '' : `; its last sign of life came ${age(monitor.beat_age)}`}.`;
  return monitor.silent_since ? `The monitor${where} has been silent since ${time(monitor.silent_since)}.` : 'No monitor runs: its runs are done, or nobody watches them.';
}

function LogPanel({ run, attempt }: { run: string; attempt: string }) {
  const [open, setOpen] = useState(false);
  const [lines, setLines] = useState<LogLine[]>([]);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const read = async () => {
    const answer = await getTail(run, attempt, lineCount, false);
    setProblem(answer.ok ? null : answer.problem.problem);
    if (!answer.ok) return;
    setLines(answer.value.lines);
    setSaid(`${plural(answer.value.lines.length, 'line')} of ${bytes(answer.value.size)}, read at ${time(new Date().toISOString())}`);
  };
  useRefresh(open && attempt !== '', read);
  const copyAll = async () => setSaid((await copy(lines.map((l) => plainText(l.text)).join('\n'))) ? `${plural(lines.length, 'line')} copied.` : 'The clipboard is closed to this page.');
  return (
    <Accordion title="📜 Training Log (Persisted)" toggle={setOpen}>
      <p class="dim">
        What the training printed, as it stands in the run's log file: it is kept when this page is closed, when the connection breaks and after the run has ended.
        Here are its last {lineCount} lines, progress bars folded to their newest state, read again every few seconds while this page is in sight.
        The live <a href={url(`run/${run}/log`)}>Train log</a> has all of it.
      </p>
      {problem && <p class="bad">{problem}</p>}
      <LogBox lines={lines} />
      <div class="training-tools">
        <button type="button" disabled={lines.length === 0} onClick={() => void copyAll()}>Copy</button>
        <button type="button" onClick={() => void read()}>Refresh</button>
        <span class="dim" role="status">{said}</span>
      </div>
    </Accordion>
  );
}

/** Keeps to the end until somebody scrolls up; text that somebody selects stays. */
function LogBox({ lines }: { lines: LogLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    const selection = getSelection();
    if (selection && !selection.isCollapsed && element.contains(selection.anchorNode)) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 30;
    const options = { time: 'none', started: null, raw: false } as const;
    element.replaceChildren(...toRows(lines, 0, 0, null).map((row) => drawRow(row, options)));
    if (atEnd) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return <div class="training-box" ref={box} tabIndex={0} role="log" aria-live="off" aria-label="The last lines of the training log" />;
}
