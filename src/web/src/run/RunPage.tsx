// One run: its head on every tab, and the tab that the address names.
import { useEffect } from 'preact/hooks';
import type { RunDetail } from '../api';
import { url } from '../base';
import { useKeys } from '../keys';
import { LogView } from '../log/LogView';
import { MetricsView } from '../metrics/MetricsView';
import { CheckpointsPage } from '../pages/Checkpoints';
import { ConfigPage } from '../pages/Config';
import { EventsPage } from '../pages/Events';
import { SamplesPage } from '../pages/Samples';
import { ProblemNote } from '../parts/parts';
import { go, place, tabs, type Tab } from '../router';
import { RunHeader } from './RunHeader';
import { Summary } from './Summary';
import { useRun } from './useRun';
import './run.css';

export function RunPage({ run, tab }: { run: string; tab: Tab }) {
  const { detail, problem, at, again } = useRun(run);
  const shown = detail ? tabs.filter((t) => has(detail, t) || t === tab) : [];
  usePermalink(run, tab);
  useKeys(
    Object.fromEntries(shown.map((t) => [`g ${tabKeys[t]}`, () => go(path(run, t))])),
    { title: 'Run', keys: shown.map((t) => [`g ${tabKeys[t]}`, t]) },
  );
  if (!detail) return <main>{problem ? <ProblemNote problem={problem} again={again} /> : <p class="dim" role="status">Asking for this run…</p>}</main>;
  return (
    <main class={`run tab-${tab}`}>
      {problem && <ProblemNote problem={problem} again={again} />}
      <RunHeader detail={detail} run={run} at={at} again={again} brief={tab !== 'summary'} />
      <nav class="tabs" aria-label="Parts of this run">
        {shown.map((t) => <a key={t} href={url(path(run, t))} aria-current={t === tab ? 'page' : undefined}>{t}</a>)}
      </nav>
      <Content key={run} run={run} tab={tab} detail={detail} at={at} again={again} />
    </main>
  );
}

const tabKeys: Record<Tab, string> = { summary: 's', log: 'l', metrics: 'm', events: 'e', checkpoints: 'c', samples: 'p', config: 'f' };
const path = (run: string, tab: Tab) => `run/${run}${tab === 'summary' ? '' : `/${tab}`}`;
const has = (detail: RunDetail, tab: Tab) => (tab === 'samples' || tab === 'metrics' || tab === 'checkpoints' ? detail.tabs[tab] : true);

interface Shown { run: string; tab: Tab; detail: RunDetail; at: number; again: () => void }

function Content({ run, tab, detail, at, again }: Shown) {
  switch (tab) {
    case 'summary': return <Summary run={run} detail={detail} at={at} again={again} />;
    case 'log': return <LogView run={run} detail={detail} />;
    case 'metrics': return <MetricsView run={run} />;
    case 'events': return <EventsPage run={run} />;
    case 'checkpoints': return <CheckpointsPage run={run} detail={detail} />;
    case 'samples': return <SamplesPage run={run} />;
    case 'config': return <ConfigPage run={run} />;
  }
}

/** A place in a log opens the log, wherever the link was put. */
function usePermalink(run: string, tab: Tab): void {
  const { hash } = place.value;
  useEffect(() => {
    if (tab === 'summary' && /^#a.+\.g.+\.b\d/.test(hash)) go(`${path(run, 'log')}${hash}`, 'replace');
  }, [run, tab, hash]);
}
