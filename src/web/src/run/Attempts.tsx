import type { Attempt } from '../api';
import { url } from '../base';
import { bytes, duration, plain, time } from '../format';
import { logPath } from './paths';

/** One line for each attempt, the newest first, and on a strip how long each took. */
export function Attempts({ run, attempts }: { run: string; attempts: Attempt[] }) {
  if (attempts.length === 0) return <p class="box dim">No attempt yet: nothing was submitted.</p>;
  return (
    <section class="box">
      <h3>Attempts</h3>
      {attempts.length > 1 && <Strip attempts={attempts} />}
      <div class="scroll-x">
        <table class="list">
          <tbody>
            {[...attempts].reverse().map((a, i) => (
              <tr key={a.id}>
                <td class="num"><b>{plain(a.id)}</b></td>
                <td><span class={tone(a)}>{plain(a.cause ?? a.state)}</span> <span class="dim">{plain(outcome(a))}</span>{a.why && <div class="dim">{plain(a.why)}</div>}</td>
                <td class="num">{a.started ? time(a.started) : a.submitted ? <span class="dim">sent {time(a.submitted)}</span> : ''}{a.started && a.ended && <span class="dim"> {duration(span(a))}</span>}</td>
                <td class="dim">{plain([a.job && `job ${a.job}`, a.host].filter(Boolean).join(' · '))}</td>
                <td>{a.has_log ? <a href={url(i === 0 ? `run/${run}/log` : logPath(run, a.id, Math.max(0, (a.log_bytes ?? 1) - 1)))}>log{a.log_bytes !== null && ` ${bytes(a.log_bytes)}`}</a> : <span class="dim">no log</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const span = (a: Attempt) => (Date.parse(a.ended ?? new Date().toISOString()) - Date.parse(a.started!)) / 1000;
const went = (a: Attempt) => a.exit_code !== null && a.exit_code !== 0 || a.signal !== null || /fail|oom|out_of_memory|timeout|lost|node_fail/i.test(a.state);
const tone = (a: Attempt) => (went(a) ? 'bad' : /run/i.test(a.state) ? 'good' : 'calm');
const outcome = (a: Attempt) => [a.cause ? a.state : null, a.reason, a.exit_code === null ? null : `exit ${a.exit_code}`, a.signal === null ? null : `signal ${a.signal}`].filter(Boolean).join(' · ');

function Strip({ attempts }: { attempts: Attempt[] }) {
  const ran = attempts.filter((a) => a.started);
  if (ran.length < 2) return null;
  const from = Date.parse(ran[0]!.started!);
  const whole = Math.max(1, ...ran.map((a) => Date.parse(a.ended ?? new Date().toISOString()) - from));
  const at = (iso: string) => ((Date.parse(iso) - from) / whole) * 100;
  return (
    <svg class="strip" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={`${attempts.length} attempts one after another`}>
      {ran.map((a) => <rect key={a.id} class={tone(a)} x={at(a.started!)} width={Math.max(0.4, at(a.ended ?? new Date().toISOString()) - at(a.started!) - 0.2)} y="0" height="4"><title>{`${a.id}: ${a.state}, ${duration(span(a))}`}</title></rect>)}
    </svg>
  );
}
