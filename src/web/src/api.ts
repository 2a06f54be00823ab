// What the server says, as docs/api.md has it. Times are ISO 8601 with zone; ages and durations are seconds; what is unknown is null; sizes are bytes.

/** One word for where a run stands. */
export type State =
  | 'waiting' | 'held' | 'submitted' | 'queued' | 'running'
  | 'completed' | 'failed' | 'cancelled' | 'skipped' | 'lost' | 'needs_person';

/** How a running run does, by its own signs; of others it follows from the state. `stuck` is said only with evidence. */
export type Health = 'ok' | 'quiet' | 'stuck' | 'sick' | 'waiting' | 'done' | 'bad' | 'over';

/** GET /api/session: who looks, and what he may do. */
export interface Session {
  version: string;
  host: string;
  user: string;
  /** The folder whose experiments are shown. */
  root: string;
  /** `view` reads; `act` is as strong as a shell of that user. */
  role: 'view' | 'act';
  read_only: boolean;
  /** To be sent as X-Vigil-Csrf with every POST; null where nothing may be changed. */
  csrf: string | null;
  now: string;
}

export interface Monitor {
  alive: boolean;
  host: string | null;
  pid: number | null;
  beat_age: number | null;
  /** Its last sign of life, where it is gone before its runs were done, or seems to be. */
  silent_since: string | null;
}

/** Who is asked about jobs: squeue, sacct. */
export interface Witness { name: string; age_seconds: number | null; trouble: string | null }

export interface Experiment {
  id: string;
  name: string;
  dir: string;
  counts: Partial<Record<State, number>>;
  total: number;
  monitor: Monitor;
  witnesses: Witness[];
  /** A damaged journal, a full disk: a sentence with the remedy; null: none. */
  trouble: string | null;
  /** Actions of rules that wait for a person. */
  waiting_actions: number;
  changed: string | null;
}

export interface Progress {
  step: number | null; total: number | null;
  epoch: number | null; epochs: number | null;
  eta_seconds: number | null;
  /** Worked out from clues after a resume: shown with a ≈. */
  approximate: boolean;
  /** 0 … 1; null: not known. Never above 1 but where over_plan says so. */
  share: number | null;
  over_plan: boolean;
}

/** The main metric of a run. */
export interface MainMetric {
  name: string; last: number | null; best: number | null;
  /** A few values for a sparkline, oldest first; null where a value is no number. */
  spark: (number | null)[];
}

/** A line of the overview. */
export interface RunRow {
  /** `EXPERIMENT/RUN`, opaque, fit for a path. */
  id: string;
  experiment: string;
  experiment_name: string;
  name: string;
  stage: string | null;
  state: State;
  /** The scheduler's exact word, or ours. */
  reason: string | null;
  health: Health;
  /** Why the health is not ok, in words: "last output 31 min ago, last step 31 min ago". */
  health_reason: string | null;
  progress: Progress;
  /** What is left of the job's time limit; null: no limit is known. */
  limit_left_seconds: number | null;
  output_age: number | null;
  metric: MainMetric | null;
  /** Steps a second. */
  rate: number | null;
  attempts: number;
  job: string | null;
  partition: string | null;
  nodes: string | null;
  started: string | null;
  ended: string | null;
  elapsed_seconds: number | null;
  parent: string | null;
  tags: string[];
  note: string | null;
  deviates: boolean;
}

/** GET /api/runs?q=&sort=&group=&experiment=&offset=&limit= */
export interface RunsPage {
  now: string;
  /** All runs; those that match. */
  total: number;
  matching: number;
  /** Of those that match. */
  counts: Partial<Record<State, number>>;
  offset: number;
  rows: RunRow[];
  /** With `group=`: a line a group, in order of their first run. */
  groups: Group[] | null;
  /** A letter for each run that matches, in order: the first letter of its health (o q s k w d b v; k is sick, v is over). For the heat strip. */
  heat: string;
  /** What is wrong with the filter, and where (0-based column); null: nothing. Then nothing matches. */
  problem: { text: string; at: number } | null;
}

export interface Group { name: string; runs: number; counts: Partial<Record<State, number>>; best: number | null; median: number | null }

export interface Attempt {
  /** `2`, or `2.r1` after the scheduler queued it again. */
  id: string;
  job: string | null;
  state: string;
  reason: string | null;
  exit_code: number | null;
  signal: number | null;
  cause: string | null;
  why: string | null;
  submitted: string | null; started: string | null; ended: string | null;
  host: string | null;
  /** Whether it has a log that can be read now, and how long that is. */
  has_log: boolean;
  log_bytes: number | null;
}

/** The first error of a log that went wrong, with what stands before it. */
export interface Diagnosis {
  /** The likely cause: "CUDA out of memory", "NaN loss", "time limit"; null: an error, and no known one. */
  cause: string | null;
  suggestion: string | null;
  attempt: string;
  generation: string;
  offset: number;
  before: LogLine[];
  lines: LogLine[];
}

export interface PendingAction {
  firing: string; number: number; rule: string; action: string; state: 'asked' | 'parked';
  since: string; evidence: string; offset: number | null; note: string | null;
}

/** GET /api/runs/{e}/{r} */
export interface RunDetail {
  row: RunRow;
  dir: string;
  /** Why it stands where it stands, a sentence. */
  why: string;
  attempts: Attempt[];
  diagnosis: Diagnosis | null;
  waiting_actions: PendingAction[];
  checkpoint: { path: string; step: number | null; valid: boolean | null } | null;
  deviations: { key: string; planned: string | null; now: string | null }[];
  /** What a shell would be told for the same: {title, command}. */
  commands: { title: string; command: string }[];
  /** What may be done with it now; `refused` says why a button is grey, null: it may be done. */
  actions: { name: ActionName; refused: string | null; command: string }[];
  tabs: { samples: boolean; metrics: boolean; checkpoints: boolean };
  monitor: Monitor;
}

/** A place in a log; the same everywhere: live view, scroll, search hit, permalink, download. */
export interface Cursor { attempt: string; generation: string; offset: number }

export type Severity = 'error' | 'warning' | 'none';

/** One line; of progress bars one line is all states between two line feeds. */
export interface LogLine {
  /** Its first byte in the file, and how many bytes it has with its line end. */
  offset: number;
  length: number;
  /** As it is in the file, ANSI included, invalid bytes as \xNN; cut after 4,096 characters. With folded bars the newest state. */
  text: string;
  cut: number;
  severity: Severity;
  /** How many states of a progress bar it holds; 1: it is none. */
  states: number;
  /** When it was written, as far as anybody saw: ISO time; null: not known. */
  at: string | null;
}

/** GET …/log/info?attempt= */
export interface LogInfo {
  attempt: string; generation: string; size: number;
  /** Of a job that runs. */
  growing: boolean;
  modified: string | null;
  /** Rotated parts that came before, oldest first, and what became of them. */
  parts: { generation: string; size: number; compressed: boolean; attempt: string }[];
  path: string;
  /** Why there is nothing to show; null: there is. */
  problem: string | null;
}

/** GET …/log/lines?attempt=&generation=&offset=&before=N | &after=N (&raw=1: no folding) · GET …/log/tail?attempt=&lines=100 · GET …/log/line?number= */
export interface LogLines {
  attempt: string; generation: string; size: number;
  /** The bytes that these lines cover. */
  from: number; to: number;
  lines: LogLine[];
  /** The number of the first of them, from 1; null: not counted. */
  first_number: number | null;
  /** The asked generation is gone: this is the nearest. */
  moved: string | null;
}

/** GET …/log/search?q=&regex=1&ignore_case=1&context=3&attempt=&generation=&from=&direction=down|up : one JSON document a line, hits first and the summary last. */
export type SearchLine =
  | { hit: { run: string; attempt: string; generation: string; line: LogLine; before: LogLine[]; after: LogLine[] } }
  | { progress: { scanned: number; size: number; hits: number } }
  | { done: { scanned: number; size: number; hits: number; cut: boolean } }
  | { problem: string };

/** GET …/log/marks?attempt=&buckets=200 : for the minimap, and for e / E. */
export interface LogMarks {
  attempt: string; generation: string; size: number;
  /** True while the log is still being looked through. */
  partial: boolean;
  marks: { offset: number; kind: 'error' | 'warning' | 'checkpoint' | 'resume' }[];
  /** More than are listed. */
  omitted: number;
}

/** GET …/metrics?names=a,b&x=step|time&from=&to=&points=600 */
export interface Metrics {
  names: string[];
  series: Series[];
  markers: { x: number; kind: 'checkpoint' | 'restart'; text: string }[];
}

export interface Series {
  name: string;
  attempt: string;
  /** What tells where it comes from: "log", "metrics.jsonl". */
  source: string;
  x: number[];
  /** null: no finite value in that stretch. */
  last: (number | null)[]; min: (number | null)[]; max: (number | null)[];
  /** NaN or infinite values in that stretch. */
  bad: number[];
  /** The byte of the log that the newest point of the stretch comes from; -1: from elsewhere. */
  offset: number[];
}

/** GET …/events?after=SEQ&limit= · GET /api/events for all */
export interface EventsPage { events: JournalEvent[]; next: number }
export interface JournalEvent {
  seq: number; at: string; by: string; kind: string; severity: Severity | 'good';
  run: string | null; attempt: string | null;
  text: string;
  evidence: { text: string; offset: number | null; attempt: string | null } | null;
}

/** GET …/checkpoints */
export interface CheckpointRow {
  path: string; name: string; step: number | null; epoch: number | null; bytes: number; age_seconds: number | null;
  valid: boolean | null; reason: string | null; branch_command: string;
}

/** GET …/config : leaves in order. */
export interface ConfigLeaf { key: string; value: string; origin: string | null }

/** GET /api/compare?runs=a,b : keys that differ, and how many do not. */
export interface Comparison {
  runs: RunRow[];
  differing: { key: string; values: (string | null)[] }[];
  same: number;
  metrics: { name: string; last: (number | null)[]; best: (number | null)[] }[];
}

/** GET …/samples */
export interface Sample { url: string; name: string; prompt: number | null; step: number | null; epoch: number | null; at: string }

export type ActionName = 'cancel' | 'retry' | 'hold' | 'release' | 'branch' | 'approve' | 'tag' | 'note';

/** POST /api/actions, with X-Vigil-Csrf; the same key twice acts once. */
export interface ActionRequest {
  action: ActionName;
  runs: string[];
  key: string;
  /** Says what would happen, and does nothing. */
  preview: boolean;
  /** approve: the firing and the action's number; branch: checkpoint and overrides; tag and note: the text. */
  firing?: string; number?: number; refuse?: boolean;
  checkpoint?: string; overrides?: string[];
  text?: string;
}
export interface ActionResult { action: ActionName; results: { run: string; accepted: boolean; text: string; command: string }[] }

/** Every error: what is wrong, which field, and what to do. */
export interface Problem { problem: string; field: string | null; remedy: string | null }

/* ---- live: /ws (one socket for everything), else /sse?… and /poll?… (one topic each), all with the same frames ---- */

export type Subscription =
  | { topic: 'overview'; query: string }                      // the query string of GET /api/runs
  | { topic: 'run'; run: string }
  | { topic: 'log'; run: string; attempt: string; generation: string; offset: number };

export type ClientFrame =
  | ({ op: 'sub'; id: number } & Subscription)
  | { op: 'unsub'; id: number }
  | { op: 'ack'; id: number; offset: number }                  // bytes of a log that the page has taken
  | { op: 'ping' };

export type ServerFrame =
  | { t: 'data'; id: number; attempt: string; generation: string; offset: number; length: number; text?: string; base64?: string }
  | { t: 'gap'; id: number; attempt: string; generation: string; from: number; to: number; why: 'slow' | 'rotated' | 'gone' }
  | { t: 'rotated'; id: number; attempt: string; generation: string }
  | { t: 'attempt'; id: number; attempt: string; generation: string }
  | { t: 'end'; id: number; state: State }
  | { t: 'page'; id: number; page: RunsPage }
  | { t: 'run'; id: number; run: RunDetail }
  | { t: 'experiments'; experiments: Experiment[] }
  | { t: 'problem'; id: number | null; problem: string }
  | { t: 'hb'; now: string };
