import type { CheckpointRow, RunDetail } from '../api';
import { ask } from '../actions/act';
import { age, bytes, count, plain } from '../format';
import { useLoad } from '../load';
import { Copy, Empty, ProblemNote } from '../parts/parts';
import { mayNotAct } from '../session';
import './pages.css';

/** Each checkpoint with whether it can be gone on from, and a way to do that. */
export function CheckpointsPage({ run, detail }: { run: string; detail: RunDetail }) {
  const { value, problem, again } = useLoad<CheckpointRow[]>(`api/runs/${run}/checkpoints`, detail.row.state === 'running' ? 15 : 0);
  const refused = mayNotAct() ?? detail.actions.find((a) => a.name === 'branch')?.refused ?? null;
  if (problem && !value) return <ProblemNote problem={problem} again={again} />;
  if (!value) return <p class="dim" role="status">Looking for checkpoints…</p>;
  if (value.length === 0) return <Empty title="No checkpoint yet."><p>One appears here as soon as the trainer has written it; Vigil checks whether it is whole.</p></Empty>;
  return (
    <>
      {problem && <ProblemNote problem={problem} again={again} />}
      <div class="scroll-x">
        <table class="list tall">
          <thead><tr><th>checkpoint</th><th>step</th><th>epoch</th><th>size</th><th>age</th><th>whole?</th><th><span class="hidden-text">Actions</span></th></tr></thead>
          <tbody>
            {value.map((c) => (
              <tr key={c.path}>
                <td title={c.path}><code>{plain(c.name)}</code></td>
                <td class="num">{c.step === null ? '–' : count(c.step)}</td>
                <td class="num">{c.epoch ?? '–'}</td>
                <td class="num">{bytes(c.bytes)}</td>
                <td class="num">{c.age_seconds === null ? '–' : age(c.age_seconds)}</td>
                <td><Validity row={c} /></td>
                <td><div class="row">
                  <button aria-disabled={refused !== null} title={refused ?? c.branch_command} onClick={() => { if (refused === null) ask('branch', [run], { checkpoint: c.path, overrides: [] }); }}>Branch from here…</button>
                  <Copy text={c.branch_command} label="Copy command" />
                </div></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Validity({ row }: { row: CheckpointRow }) {
  if (row.valid === null) return <span class="dim">not checked{row.reason && `: ${plain(row.reason)}`}</span>;
  return row.valid ? <span class="good">✓ valid</span> : <span class="bad">✗ {plain(row.reason ?? 'not valid')}</span>;
}
