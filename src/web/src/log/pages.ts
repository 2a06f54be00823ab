// Pages of rows from any part of the joined log.
import type { Signal } from '@preact/signals';
import { partAt, type Part } from './places';
import { toRows, type NoteRow, type Row } from './rows';
import { getLines } from './source';

export class Pages {
  constructor(private readonly run: string, private readonly parts: Signal<Part[]>, private readonly say: (problem: string) => void) {}

  /** Rows that end before a byte. */
  async before(pos: number, lines: number, raw: boolean): Promise<Row[]> {
    const rows = pos > 0 ? await this.fetch(pos - 1, pos, { before: lines }, raw) : [];
    return rows.filter((r) => r.pos < pos);
  }

  /** Rows from the one that holds a byte. */
  after(pos: number, lines: number, raw: boolean): Promise<Row[]> {
    return this.fetch(pos, pos, { after: lines }, raw);
  }

  async around(pos: number, before: number, after: number, raw: boolean): Promise<Row[]> {
    const [above, below] = await Promise.all([this.before(pos, before, raw), this.after(pos, after, raw)]);
    const start = below[0]?.pos ?? pos;
    return [...above.filter((r) => r.pos < start), ...below];
  }

  private async fetch(inside: number, pos: number, count: { before?: number; after?: number }, raw: boolean): Promise<Row[]> {
    const index = partAt(this.parts.value, inside);
    const part = this.parts.value[index];
    if (!part) return [];
    if (part.gone) return this.lost(index, part);
    const answer = await getLines(this.run, part, pos - part.base, count, raw);
    if (!answer.ok) { this.say(answer.problem.problem); return []; }
    const { generation, lines, moved, first_number } = answer.value;
    if (moved !== null || (part.generation !== '' && generation !== part.generation)) return this.lost(index, part);
    // Numbers count lines, not the states of progress bars.
    const rows: Row[] = toRows(lines, index, part.base, raw ? null : first_number);
    if (index > 0 && rows[0]?.pos === part.base) rows.unshift(this.border(index, part));
    return rows;
  }

  private border(index: number, part: Part): NoteRow {
    const rotated = this.parts.value[index - 1]?.attempt === part.attempt;
    const text = rotated ? `rotated: generation ${part.generation} begins` : `attempt ${part.attempt} begins`;
    return { kind: 'note', pos: part.base, length: 0, part: index, text, loads: false };
  }

  private lost(index: number, part: Part): Row[] {
    if (!part.gone) this.parts.value = this.parts.value.with(index, { ...part, gone: true });
    return [{ kind: 'note', pos: part.base, length: part.size, part: index, text: `generation ${part.generation} of attempt ${part.attempt} is gone from the disk`, loads: false }];
  }
}
