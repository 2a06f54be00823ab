import './style.css';
import { effect } from '@preact/signals';
import { Component, render, type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ActionDialog } from './actions/ActionDialog';
import type { Experiment } from './api';
import { url } from './base';
import { getJson } from './http';
import { helpShown, startKeys, useKeys } from './keys';
import { connection, experiments, live, liveProblem } from './live';
import { Overview } from './overview/Overview';
import { ComparePage } from './pages/Compare';
import { EventsPage } from './pages/Events';
import { Empty, ProblemNote } from './parts/parts';
import { go, place, route, startRouter } from './router';
import { RunPage } from './run/RunPage';
import { loadSession, session, sessionProblem } from './session';
import { Header, LostBanner } from './shell/Header';
import { Help } from './shell/Help';
import { startTitle } from './shell/title';
import { startTheme, switchTheme } from './theme';

function App() {
  useKeys({
    t: switchTheme,
    '?': () => { helpShown.value = true; },
    'g o': () => go(''), 'g a': () => go('events'),
  }, { title: 'Everywhere', keys: [['g o', 'overview'], ['g a', 'events of all runs'], ['t', 'dark or light'], ['?', 'these keys'], ['Esc', 'close, or leave the field']] });
  // The header is on every page, and the title is read while the tab is hidden: these go on.
  useEffect(() => live.subscribe({ topic: 'overview', query: 'limit=0' }, () => {}, undefined, true), []);
  return (
    <>
      <Header />
      <LostBanner />
      {liveProblem.value && <p class="note warn-note row" role="status"><span class="grow">{liveProblem.value}</span><button class="plain" onClick={() => { liveProblem.value = null; }}>Dismiss</button></p>}
      {sessionProblem.value && !session.value && <main><ProblemNote problem={sessionProblem.value} again={() => { void loadSession(); }} /></main>}
      <Guard path={place.value.path}><Page /></Guard>
      <Help />
      <ActionDialog />
    </>
  );
}

function Page() {
  const at = route.value;
  switch (at.page) {
    case 'overview': return <Overview />;
    case 'run': return <RunPage key={at.run} run={at.run} tab={at.tab} />;
    case 'compare': return <ComparePage />;
    case 'events': return <main><h1>Events of all runs</h1><EventsPage run={null} /></main>;
    case 'unknown': return <main><Empty title="There is no such page."><p><a href={url('')}>All runs</a></p></Empty></main>;
  }
}

/** A fault in one part leaves the header, and the way to the other pages. */
class Guard extends Component<{ path: string; children: ComponentChildren }, { fault: string | null }> {
  override state = { fault: null };
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ fault: String(error) });
  }
  override componentDidUpdate(before: { path: string }): void {
    if (before.path !== this.props.path && this.state.fault !== null) this.setState({ fault: null });
  }
  override render() {
    return this.state.fault === null
      ? this.props.children
      : <main><ProblemNote problem={{ problem: 'This part of the page failed; your runs are not touched by that.', field: null, remedy: `${this.state.fault}. Reload the page, and please report it.` }} /></main>;
  }
}

/** Before the live connection stands, and where its first word is lost. */
async function loadExperiments(): Promise<void> {
  const answer = await getJson<Experiment[]>('api/experiments');
  if (answer.ok && experiments.peek() === null) experiments.value = answer.value;
}

/** A server that was started anew has another token, and its version may be another. */
function renewSession(): void {
  let opened = 0;
  effect(() => { if (connection.value.state === 'open' && opened++ > 0) void loadSession(); });
}

startTheme();
startRouter();
startKeys();
startTitle();
void loadSession();
void loadExperiments();
renewSession();
render(<App />, document.getElementById('app') ?? document.body.appendChild(document.createElement('div')));
