// What one wants to know of a run before anything else, and what can be done with it.
import { useState } from 'preact/hooks';
import type { RunDetail, RunRow } from '../api';
import { ask, titles } from '../actions/act';
import { url } from '../base';
import { plain } from '../format';
import { Age, ProgressBar, StateMark } from '../parts/parts';
import { forecast, stateReason } from '../parts/words';
import { mayNotAct } from '../session';
import { monitorText } from '../shell/Monitors';

interface Props { detail: RunDetail; run: string; at: number; again: () => void; brief: boolean }

export function RunHeader({ detail, run, at, again, brief }: Props) {
  const { row } = detail;
  return (
    <section class="head">
      <div class="row">
        <p class="dim"><a href={url(`?experiment=${encodeURIComponent(row.experiment)}`)}>{plain(row.experiment_name)}</a> /</p>
        <h1>{plain(row.name)}</h1>
        {row.stage && <span class="tag">{plain(row.stage)}</span>}
        {row.tags.map((t) => <span class="tag" key={t}>{plain(t)}</span>)}
        <span class="grow" />
        <Buttons detail={detail} run={run} again={again} />
      </div>
      <div class="row stand">
        <StateMark row={row} />
        <span>{plain(detail.why)}</span>
        {stateReason(row, detail.why) && <span class="dim">{plain(stateReason(row, detail.why)!)}</span>}
      </div>
      <Facts row={row} at={at} />
      {detail.monitor.silent_since && !brief && <p class="note bad-note">Nobody watches this run: its monitor is {monitorText(detail.monitor)}. Start it again: <code>vigil watch {plain(detail.dir)}</code></p>}
    </section>
  );
}

function Facts({ row, at }: { row: RunRow; at: number }) {
  const fit = forecast(row);
  const started = row.state === 'running' || row.progress.step !== null;
  return (
    <div class="row facts">
      {started && <span class="long-bar"><ProgressBar row={row} wide /></span>}
      {fit && <span class={fit.tone} title={fit.why}>{fit.text}</span>}
      {row.output_age !== null && <span class={row.health === 'stuck' ? 'bad' : row.health === 'quiet' ? 'warn' : 'dim'}>last output <Age seconds={row.output_age} at={row.state === 'running' ? at : Infinity} /></span>}
      {row.attempts > 1 && <span class="dim">{row.attempts} attempts</span>}
      {row.job && <span class="dim">job {plain(row.job)}{row.nodes && ` on ${plain(row.nodes)}`}</span>}
    </div>
  );
}

/** A grey button says why it is grey, also to who cannot hover: it stays focusable, and a click says it. */
function Buttons({ detail, run, again }: { detail: RunDetail; run: string; again: () => void }) {
  const nobody = mayNotAct();
  const [grey, setGrey] = useState<string | null>(null);
  if (nobody !== null) return <span class="dim">Only to look at: {nobody}.</span>;
  const more = (name: string) => (name === 'note' ? { text: detail.row.note ?? '' } : name === 'tag' ? { text: detail.row.tags.join(' ') } : name === 'branch' && detail.checkpoint ? { checkpoint: detail.checkpoint.path } : {});
  return (
    <div class="row actions">
      {detail.actions.filter((a) => a.name !== 'approve').map((a) => {
        const hint = a.refused === null ? a.command : `${a.refused}\n${a.command}`;
        return (
          <button key={a.name} class={a.name === 'cancel' ? 'danger' : ''} aria-disabled={a.refused !== null} title={hint} aria-description={hint}
            onClick={() => { setGrey(a.refused === null ? null : `${titles[a.name]}: ${a.refused}.`); if (a.refused === null) ask(a.name, [run], more(a.name), again); }}>{titles[a.name]}</button>
        );
      })}
      <span class="dim" role="status">{grey}</span>
    </div>
  );
}
