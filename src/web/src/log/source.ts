// What the log view asks the server.
import type { LogInfo, LogLines, LogMarks } from '../api';
import { url } from '../base';
import { getJson, type Answer } from '../http';

type Words = Record<string, string | number | boolean | null | undefined>;

/** A query string; what is empty or false is left out. */
export const words = (all: Words): string =>
  Object.entries(all)
    .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
    .map(([key, value]) => `${key}=${encodeURIComponent(value === true ? '1' : String(value))}`)
    .join('&');

const log = (run: string, what: string, query: Words) => `api/runs/${run}/log/${what}?${words(query)}`;

export interface Where { attempt: string; generation: string }

export const getInfo = (run: string, attempt: string): Promise<Answer<LogInfo>> => getJson(log(run, 'info', { attempt }));

export const getTail = (run: string, attempt: string, lines: number, raw: boolean): Promise<Answer<LogLines>> =>
  getJson(log(run, 'tail', { attempt, lines, raw }));

export const getLines = (run: string, where: Where, offset: number, count: { before?: number; after?: number }, raw: boolean): Promise<Answer<LogLines>> =>
  getJson(log(run, 'lines', { attempt: where.attempt, generation: where.generation, offset: String(offset), ...count, raw }));

export const getMarks = (run: string, attempt: string): Promise<Answer<LogMarks>> =>
  getJson(log(run, 'marks', { attempt, buckets: 400 }));

export const downloadUrl = (run: string, query: Words): string => url(log(run, 'download', query));
export const searchUrl = (run: string, query: Words): string => url(log(run, 'search', query));
