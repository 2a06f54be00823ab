import type { Sample } from '../api';
import { underBase, url } from '../base';
import { count, plain, time } from '../format';
import { useLoad } from '../load';
import { Empty, ProblemNote } from '../parts/parts';
import './pages.css';

/** What the model draws: a row for each prompt, a column for each step. */
export function SamplesPage({ run }: { run: string }) {
  const { value, problem, again } = useLoad<Sample[]>(`api/runs/${run}/samples`, 30);
  if (problem && !value) return <ProblemNote problem={problem} again={again} />;
  if (!value) return <p class="dim" role="status">Looking for samples…</p>;
  if (value.length === 0) return <Empty title="No samples yet."><p>Pictures that the trainer draws on its way appear here.</p></Empty>;
  const prompts = distinct(value.map((s) => s.prompt));
  const steps = distinct(value.map(place)).reverse();
  return (
    <div class="scroll-x samples" tabIndex={0} role="region" aria-label="Samples, the newest first">
      <table>
        <thead><tr><th>prompt</th>{steps.map((s) => <th key={s} class="num">{s === null ? 'no step' : count(s)}</th>)}</tr></thead>
        <tbody>
          {prompts.map((p) => (
            <tr key={p}>
              <th class="num">{p ?? '–'}</th>
              {steps.map((s) => <td key={s}>{value.filter((x) => x.prompt === p && place(x) === s).map((x) => <Picture key={x.url} sample={x} />)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The step, or where there is none the epoch. */
const place = (s: Sample) => s.step ?? s.epoch;

function Picture({ sample }: { sample: Sample }) {
  const at = address(sample.url);
  return <a href={at} target="_blank" rel="noopener" title={`${sample.name}\n${time(sample.at)}`}><img src={at} alt={plain(sample.name)} loading="lazy" /></a>;
}

/** The server may write addresses with the base or without. */
const address = (of: string) => (of.startsWith('/') && underBase(of) !== null ? of : url(of.replace(/^\//, '')));

const distinct = (values: (number | null)[]) => [...new Set(values)].sort((a, b) => (a ?? -1) - (b ?? -1));
