// Whether anybody watches: one line for all experiments, and one each when it is opened.
import type { Experiment, Monitor } from '../api';
import { url } from '../base';
import { age, duration, plain, plural, time } from '../format';
import { experiments } from '../live';
import type { Tone } from '../parts/words';
import { route } from '../router';

export function Monitors() {
  const all = experiments.value;
  if (!all || all.length === 0) return null;
  const { text, tone } = summary(concerned(all));
  return (
    <details class="monitors" onKeyDown={(e) => { if (e.key === 'Escape') e.currentTarget.open = false; }}
      onClick={(e) => { if (e.target instanceof HTMLAnchorElement) e.currentTarget.open = false; }}>
      <summary class={tone}>{text}</summary>
      <ul class="box">
        {all.map((e) => (
          <li key={e.id}>
            <a href={url(`?experiment=${encodeURIComponent(e.id)}`)}>{plain(e.name)}</a>
            <span class={isActive(e) && !e.monitor.alive ? 'bad' : monitorTone(e.monitor)}>{monitorText(e.monitor)}</span>
            {e.witnesses.map((w) => (
              <span key={w.name} class={w.trouble || (w.age_seconds ?? 0) > 120 ? 'bad' : 'dim'}>
                {w.name} {w.trouble ? plain(w.trouble) : w.age_seconds === null ? 'not asked yet' : age(w.age_seconds)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** On a run's page its experiment, elsewhere all. */
function concerned(all: Experiment[]): Experiment[] {
  const at = route.value;
  const mine = at.page === 'run' ? all.filter((e) => at.run.startsWith(`${encodeURIComponent(e.id)}/`) || at.run.startsWith(`${e.id}/`)) : [];
  return mine.length > 0 ? mine : all;
}

function summary(all: Experiment[]): { text: string; tone: Tone } {
  const silent = all.filter((e) => e.monitor.silent_since);
  if (silent.length > 0) {
    return silent.length === 1
      ? { text: `${all.length > 1 ? `${plain(silent[0]!.name)}: ` : ''}monitor silent since ${time(silent[0]!.monitor.silent_since!)}`, tone: 'bad' }
      : { text: `${silent.length} of ${plural(all.length, 'monitor')} silent`, tone: 'bad' };
  }
  const alive = all.filter((e) => e.monitor.alive);
  if (alive.length === 0) {
    const active = all.some(isActive);
    return { text: active ? 'nobody watches these runs' : 'no monitor: nothing is left to watch', tone: active ? 'bad' : 'dim' };
  }
  const troubled = alive.flatMap((e) => e.witnesses).find((w) => w.trouble);
  if (troubled) return { text: `${troubled.name}: ${plain(troubled.trouble!)}`, tone: 'bad' };
  return { text: aliveText(alive), tone: 'good' };
}

function aliveText(alive: Experiment[]): string {
  const beat = Math.max(...alive.map((e) => e.monitor.beat_age ?? 0));
  const ages = alive.flatMap((e) => e.witnesses).map((w) => w.age_seconds).filter((a) => a !== null);
  const hosts = [...new Set(alive.map((e) => e.monitor.host).filter(Boolean))];
  const who = alive.length === 1 ? 'monitor alive' : `${alive.length} monitors alive`;
  const where = hosts.length === 1 ? ` on ${plain(hosts[0]!)}` : '';
  const scheduler = ages.length > 0 ? ` · scheduler ${duration(Math.max(...ages))}` : '';
  return `${who}${where} · beat ${duration(beat)}${scheduler}`;
}

/** Somebody should watch. */
const isActive = ({ counts }: Experiment) => (['running', 'queued', 'submitted', 'waiting'] as const).some((s) => (counts[s] ?? 0) > 0);

const monitorTone = (m: Monitor): Tone => (m.silent_since ? 'bad' : m.alive ? 'good' : 'dim');

export function monitorText(m: Monitor): string {
  if (m.silent_since) return `silent since ${time(m.silent_since)}${m.host ? ` on ${plain(m.host)}` : ''}`;
  if (!m.alive) return 'no monitor';
  return `alive${m.host ? ` on ${plain(m.host)}` : ''}${m.pid === null ? '' : `, pid ${m.pid}`}${m.beat_age === null ? '' : `, last beat ${age(m.beat_age)}`}`;
}
