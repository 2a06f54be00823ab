// Places in a log: the parts it is made of, laid end to end, and the links that name a place.
import type { Cursor } from '../api';

/** A file of the log. Its bytes follow on those of the part before it. */
export interface Part {
  attempt: string;
  generation: string;
  /** Where it begins in the joined log. */
  base: number;
  size: number;
  /** It cannot be read any more; what was read of it stays in view. */
  gone: boolean;
}

export function joinParts(files: { attempt: string; generation: string; size: number }[]): Part[] {
  let base = 0;
  return files.map(({ attempt, generation, size }) => {
    const part = { attempt, generation, base, size, gone: false };
    base += size;
    return part;
  });
}

export const endOf = (parts: Part[]): number => {
  const last = parts.at(-1);
  return last ? last.base + last.size : 0;
};

/** The part that holds a byte; a byte on a border belongs to the part that begins there. */
export const partAt = (parts: Part[], pos: number): number => {
  for (let i = parts.length - 1; i > 0; i--) if (pos >= parts[i]!.base) return i;
  return 0;
};

export const partOf = (parts: Part[], attempt: string, generation: string): number =>
  parts.findLastIndex((p) => p.attempt === attempt && (generation === '' || p.generation === generation));

/** A stretch that a link names; no generation: the newest. */
export interface Span extends Cursor { to: number }

/** `#a2.g1.b123456-124000`; attempts may hold dots (`2.r1`). */
const link = /^#a(.+?)(?:\.g(.*?))?\.?b(\d+)(?:-(\d+))?$/;

export function readHash(hash: string): Span | null {
  const found = link.exec(hash);
  if (!found) return null;
  const [, attempt = '', generation = '', from = '0', to] = found;
  try {
    return { attempt: decodeURIComponent(attempt), generation: decodeURIComponent(generation), offset: Number(from), to: Number(to ?? from) };
  } catch { return null; }
}

export const hashOf = (span: Span): string =>
  `#a${encodeURIComponent(span.attempt)}${span.generation ? `.g${encodeURIComponent(span.generation)}` : ''}.b${span.offset}-${span.to}`;
