// The first tab: what went wrong, what waits for a word, what there is, and the training panel.
import type { PendingAction, RunDetail } from '../api';
import { ask } from '../actions/act';
import { url } from '../base';
import { duration, number, plain, time } from '../format';
import { TrainingPanel } from '../log/TrainingPanel';
import { Age, Command, Spark } from '../parts/parts';
import { rate } from '../overview/columns';
import { mayNotAct } from '../session';
import { Attempts } from './Attempts';
import { DiagnosisBox } from './DiagnosisBox';
import { logPath } from './paths';

interface Props { run: string; detail: RunDetail; at: number; again: () => void }

export function Summary({ run, detail, at, again }: Props) {
  return (
    <div class="summary">
      {detail.diagnosis && <DiagnosisBox run={run} diagnosis={detail.diagnosis} />}
      {detail.waiting_actions.map((a) => <Waiting key={`${a.firing} ${a.number}`} run={run} action={a} attempt={detail.attempts.at(-1)?.id ?? '1'} again={again} />)}
      <div class="halves">
        <Facts detail={detail} at={at} run={run} />
        <Attempts run={run} attempts={detail.attempts} />
      </div>
      {detail.deviations.length > 0 && <Deviations deviations={detail.deviations} />}
      <TrainingPanel run={run} detail={detail} />
      {detail.commands.length > 0 && (
        <details class="box">
          <summary>The same in a shell</summary>
          <div class="commands">{detail.commands.map((c) => <Command key={c.title} title={c.title} command={c.command} />)}</div>
        </details>
      )}
    </div>
  );
}

function Waiting({ run, action, attempt, again }: { run: string; action: PendingAction; attempt: string; again: () => void }) {
  const more = { firing: action.firing, number: action.number };
  const why = mayNotAct();
  return (
    <section class="note warn-note">
      <p><b>{plain(action.rule)}</b> wants to {plain(action.action)} {action.state === 'parked' ? 'and could not: it waits for a person' : 'and asks first'}, since {time(action.since)}.</p>
      <p class="dim">It saw: {action.offset === null ? plain(action.evidence) : <a href={url(logPath(run, attempt, action.offset))}>{plain(action.evidence)}</a>}</p>
      {action.note && <p class="dim">{plain(action.note)}</p>}
      {why === null && (
        <p class="row">
          <button class="main" onClick={() => ask('approve', [run], more, again)}>Approve…</button>
          <button onClick={() => ask('approve', [run], { ...more, refuse: true }, again)}>Refuse…</button>
        </p>
      )}
    </section>
  );
}

function Facts({ detail, at, run }: { detail: RunDetail; at: number; run: string }) {
  const { row, checkpoint } = detail;
  return (
    <dl class="box pairs">
      {row.metric && <><dt>{plain(row.metric.name)}</dt><dd class="num">{row.metric.last === null ? '–' : number(row.metric.last)}{row.metric.best !== null && <span class="dim"> best {number(row.metric.best)}</span>} <Spark metric={row.metric} width={120} height={20} /></dd></>}
      {row.rate !== null && <><dt>rate</dt><dd>{rate(row.rate)}</dd></>}
      {row.output_age !== null && <><dt>last output</dt><dd><Age seconds={row.output_age} at={row.state === 'running' ? at : Infinity} /></dd></>}
      {checkpoint && <><dt>checkpoint</dt><dd><a href={url(`run/${run}/checkpoints`)}>{checkpoint.step === null ? plain(checkpoint.path.split('/').at(-1)!) : `step ${checkpoint.step}`}</a> {checkpoint.valid === false ? <span class="bad">not valid</span> : checkpoint.valid ? <span class="good">valid</span> : <span class="dim">not checked</span>}</dd></>}
      {row.started && <><dt>started</dt><dd>{time(row.started)}{row.elapsed_seconds !== null && <span class="dim"> ({duration(row.elapsed_seconds)})</span>}</dd></>}
      {row.ended && <><dt>ended</dt><dd>{time(row.ended)}</dd></>}
      {row.limit_left_seconds !== null && <><dt>time limit</dt><dd>in {duration(row.limit_left_seconds)}</dd></>}
      {row.partition && <><dt>partition</dt><dd>{plain(row.partition)}{row.nodes && <span class="dim"> {plain(row.nodes)}</span>}</dd></>}
      {row.parent && <><dt>branched from</dt><dd><a href={url(`run/${row.parent}`)}>{plain(row.parent)}</a></dd></>}
      {row.note && <><dt>note</dt><dd class="said">{plain(row.note)}</dd></>}
      <dt>folder</dt><dd><code>{plain(detail.dir)}</code></dd>
    </dl>
  );
}

const Deviations = ({ deviations }: { deviations: RunDetail['deviations'] }) => (
  <section class="box">
    <h3 class="warn">Runs with other settings than planned</h3>
    <div class="scroll-x">
      <table class="list">
        <thead><tr><th>key</th><th>planned</th><th>now</th></tr></thead>
        <tbody>{deviations.map((d) => <tr key={d.key}><td><code>{plain(d.key)}</code></td><td><code>{plain(d.planned ?? '(none)')}</code></td><td><code>{plain(d.now ?? '(none)')}</code></td></tr>)}</tbody>
      </table>
    </div>
  </section>
);
