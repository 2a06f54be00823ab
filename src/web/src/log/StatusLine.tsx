// The last line: whether the end is followed, how long the log is, how fast it grows, and whether news can come.
import { useEffect, useState } from 'preact/hooks';
import { bytes, count } from '../format';
import { connection } from '../live';
import type { LogModel } from './model';
import { partAt } from './places';

export function StatusLine({ model }: { model: LogModel }) {
  const [rate, setRate] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setRate(model.rate()), 1000);
    return () => clearInterval(timer);
  }, [model]);
  const parts = model.parts.value;
  const part = parts[partAt(parts, model.view.value.from)];
  const { state, transport } = connection.value;
  const live = !model.newest ? 'earlier attempt' : !model.growing.value ? 'ended' : state === 'open' ? (transport === 'websocket' ? 'connected' : `connected by ${transport}`) : state === 'lost' ? 'connection lost, trying again' : 'connecting';
  return (
    <div class="log-status">
      <span class={model.follow.value ? 'good' : 'dim'}>{model.follow.value ? 'follow ●' : 'follow ○'}</span>
      <span>{bytes(model.end)}</span>
      {part && <span title={`Generation ${part.generation}: which file it was, of those that had this name`}>gen {shortened(part.generation)}{parts.length > 1 ? ` · ${parts.length} parts` : ''}</span>}
      {model.growing.value && <span>+{rate >= 10 || rate === 0 ? count(rate) : rate.toFixed(1)} lines/s</span>}
      <span class={state === 'lost' && model.growing.value ? 'bad' : ''}>{live}</span>
    </div>
  );
}

const shortened = (generation: string) => (generation.length > 10 ? `${generation.slice(0, 8)}…` : generation);
