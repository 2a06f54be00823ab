// All runs: what to look at first, the filter, and the table.
import { useEffect, useMemo } from 'preact/hooks';
import { experiments } from '../live';
import { count, plain, plural } from '../format';
import { Empty, ProblemNote } from '../parts/parts';
import { query, setQuery } from '../router';
import { session } from '../session';
import { Bulk } from './Bulk';
import { FilterBox } from './FilterBox';
import { Groups } from './Groups';
import { HeatStrip } from './HeatStrip';
import { Notices } from './Notices';
import { columns } from './columns';
import { answered, applyWaiting, failed, leavePage, waitingPage, type Question } from './runs';
import { RunsTable } from './RunsTable';
import { clear, cursor } from './selection';
import './overview.css';

const groupings = ['experiment', 'stage', 'state', 'tag', 'partition', 'node'];

export function Overview() {
  const words = query.value;
  const [q, sort, group, experiment] = ['q', 'sort', 'group', 'experiment'].map((k) => words.get(k) ?? '') as [string, string, string, string];
  const question = useMemo<Question>(() => ({ q, sort, group, experiment }), [q, sort, group, experiment]);
  useEffect(() => { cursor.value = -1; clear(); }, [q, experiment]);
  useEffect(() => leavePage, []);
  const now = answered.value;
  return (
    <main class="overview">
      <h1 class="hidden-text">Runs</h1>
      <Notices />
      <div class="tools">
        <FilterBox text={q} change={(to) => setQuery({ q: to })} problem={now?.problem ?? null} />
        <Choices group={group} experiment={experiment} sort={sort} />
        {now && <span class="dim num matching">{now.matching === now.total ? plural(now.total, 'run') : `${count(now.matching)} of ${plural(now.total, 'run')}`}</span>}
        {waitingPage.value && <button class="pill" onClick={applyWaiting}>The order changed · show it</button>}
      </div>
      {failed.value && <ProblemNote problem={failed.value} />}
      {now && now.heat.length > 1 && <HeatStrip heat={now.heat} goTo={goTo} />}
      {now?.groups && group && <Groups groups={now.groups} by={group} pick={(word) => setQuery({ q: `${q} ${word}`.trim(), group: null }, 'push')} />}
      <Bulk question={question} />
      {now && now.matching === 0 ? <NothingHere question={question} /> : null}
      <div hidden={now?.matching === 0}><RunsTable question={question} sortBy={(to) => setQuery({ sort: to })} /></div>
      {!now && !failed.value && <p class="dim" role="status">Asking for the runs…</p>}
    </main>
  );
}

/** The keys' row is where the strip was clicked, and in the middle of the window. */
function goTo(index: number): void {
  cursor.value = index;
  const body = document.querySelector('.runs tbody');
  if (!body) return;
  const row = matchMedia('(max-width: 600px)').matches ? 92 : 28;
  scrollTo({ top: body.getBoundingClientRect().top + scrollY + index * row - innerHeight / 2 });
}

function Choices({ group, experiment, sort }: { group: string; experiment: string; sort: string }) {
  const all = experiments.value ?? [];
  return (
    <>
      {(all.length > 1 || experiment) && (
        <select aria-label="Experiment" value={experiment} onChange={(e) => setQuery({ experiment: e.currentTarget.value })}>
          <option value="">All experiments</option>
          {all.map((e) => <option key={e.id} value={e.id}>{plain(e.name)} ({e.total})</option>)}
        </select>
      )}
      <input class="group-by" list="groupings" value={group} placeholder="Group by…" aria-label="Group by: a column or a configuration key" onChange={(e) => setQuery({ group: e.currentTarget.value.trim() })} />
      {/* Cards have no column titles to sort by. */}
      <select class="sort-by" aria-label="Sort by" value={sort} onChange={(e) => setQuery({ sort: e.currentTarget.value })}>
        <option value="">As planned</option>
        {columns.flatMap((c) => [`${c.name}`, `-${c.name}`]).map((s) => <option key={s} value={s}>{columns.find((c) => c.name === s.replace('-', ''))!.title}{s.startsWith('-') ? ' ↓' : ' ↑'}</option>)}
      </select>
      <datalist id="groupings">{groupings.map((g) => <option key={g} value={g} />)}</datalist>
    </>
  );
}

function NothingHere({ question }: { question: Question }) {
  const now = answered.value!;
  if (now.problem) return <Empty title="The filter cannot be read, so nothing is shown."><p><button onClick={() => setQuery({ q: null })}>Clear the filter</button></p></Empty>;
  if (now.total > 0) {
    return (
      <Empty title={`None of ${plural(now.total, 'run')} matches.`}>
        {question.q && <p>The filter is <code>{question.q}</code>.</p>}
        <p><button onClick={() => setQuery({ q: null, experiment: null })}>Show all runs</button></p>
      </Empty>
    );
  }
  return (
    <Empty title="No runs yet.">
      <p>Vigil shows the experiments under <code>{session.value?.root ?? 'its folder'}</code>; there is none. Write an experiment file, then start it:</p>
      <p><code>vigil plan sweep.yaml</code>, then <code>vigil run sweep.yaml</code></p>
      <p class="dim">Runs appear here by themselves as soon as the experiment's folder exists.</p>
    </Empty>
  );
}
