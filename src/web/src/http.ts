// Requests whose failure is a value: no caller has to catch.
import type { Problem } from './api';
import { url } from './base';

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** GET of a path under the base. */
export const getJson = <T>(path: string, signal?: AbortSignal): Promise<Answer<T>> =>
  ask<T>(path, signal ? { signal } : {});

/** POST of a JSON body, with the token that shows that this page sent it. */
export const postJson = <T>(path: string, body: unknown, csrf: string): Promise<Answer<T>> =>
  ask<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-Vigil-Csrf': csrf },
  });

async function ask<T>(path: string, request: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(url(path), { ...request, credentials: 'same-origin', headers: { Accept: 'application/json', ...request.headers } });
    const text = await response.text();
    return response.ok ? { ok: true, value: JSON.parse(text) as T } : { ok: false, problem: refusal(response.status, text) };
  } catch (error) {
    return { ok: false, problem: noAnswer(error) };
  }
}

function refusal(status: number, text: string): Problem {
  try {
    const said = JSON.parse(text) as Partial<Problem> | null;
    if (said?.problem) return { problem: said.problem, field: said.field ?? null, remedy: said.remedy ?? null };
  } catch { /* a proxy's page, not ours: its status has to do */ }
  return status === 401 || status === 403
    ? { problem: `This browser may not look here (status ${status}).`, field: null, remedy: 'Open the address that `vigil serve` printed; it holds the key.' }
    : { problem: `The server answered with status ${status}.`, field: null, remedy: null };
}

function noAnswer(error: unknown): Problem {
  return error instanceof SyntaxError
    ? { problem: 'The answer is no JSON; something between this page and Vigil changed it.', field: null, remedy: null }
    : { problem: 'The server does not answer.', field: null, remedy: 'Is `vigil serve` still running, and the SSH tunnel open? The page tries again by itself.' };
}
