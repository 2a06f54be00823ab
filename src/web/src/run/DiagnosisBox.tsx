import type { Diagnosis, LogLine } from '../api';
import { url } from '../base';
import { plain } from '../format';
import { logPath } from './paths';

/** What most likely went wrong, with the lines that say so and what stood before them. */
export function DiagnosisBox({ run, diagnosis }: { run: string; diagnosis: Diagnosis }) {
  const { cause, suggestion, attempt, generation, offset } = diagnosis;
  const length = diagnosis.lines.reduce((sum, line) => sum + line.length, 0);
  return (
    <section class="note bad-note diagnosis">
      <h2>{cause === null ? 'The first error, of a kind that is not known' : plain(cause)}</h2>
      {suggestion && <p>{plain(suggestion)}</p>}
      <pre tabIndex={0} aria-label="Lines of the log">
        {diagnosis.before.map((line) => <Line key={line.offset} line={line} />)}
        {diagnosis.lines.map((line) => <Line key={line.offset} line={line} error />)}
      </pre>
      <p><a href={url(logPath(run, attempt, offset, generation, Math.max(1, length)))}>Show it in the log of attempt {plain(attempt)}</a></p>
    </section>
  );
}

const Line = ({ line, error = false }: { line: LogLine; error?: boolean }) =>
  <span class={error ? 'bad' : 'dim'}>{plain(line.text)}{line.cut > 0 && ` … ${line.cut} more characters`}{'\n'}</span>;
