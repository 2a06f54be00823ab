import type { Group, State } from '../api';
import { count, plain } from '../format';
import { Value } from '../parts/parts';
import { states } from '../parts/words';

/** A line a group; a click filters by it. */
export function Groups({ groups, by, pick }: { groups: Group[]; by: string; pick: (word: string) => void }) {
  return (
    <div class="groups scroll-x">
      <table>
        <thead><tr><th>{plain(by)}</th><th class="right">Runs</th><th>States</th><th class="right">Best</th><th class="right">Median</th></tr></thead>
        <tbody>
          {groups.map((g) => (
            <tr key={g.name}>
              <td><button class="plain link" onClick={() => pick(word(by, g.name))}>{plain(g.name) || '(none)'}</button></td>
              <td class="num right">{count(g.runs)}</td>
              <td>{(Object.keys(states) as State[]).filter((s) => g.counts[s]).map((s) => <span key={s} class={`mini ${states[s].tone}`} title={states[s].word}>{states[s].sign} {g.counts[s]}</span>)}</td>
              <td class="right"><Value value={g.best} /></td>
              <td class="right"><Value value={g.median} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A word of the filter; quoted where it would read as more than one. */
const word = (key: string, value: string) => `${key}:${/^[\w.+@-]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`}`;
