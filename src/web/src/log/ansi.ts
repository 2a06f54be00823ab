// Hostile text to harmless pieces: colours become classes, all else that a terminal would obey is dropped or shown.
import Anser from 'anser';

export interface Piece { text: string; classes: string }

/** More changes of colour than this in one line are not drawn: it is no text for people any more. */
const mostPieces = 256;

/** OSC, DCS, APC, PM, SOS with all they carry (titles, links, the clipboard), whether they end or not. */
const strings = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\|$)?/g;
/** Sequences of two or three characters, and all CSI but colours. */
const others = /\x1b(?:[ -/]+[0-~]|[0-Z\\^-~])|\x1b\[[0-?]*[ -/]*[@-ln-~]|\x1b\[[<-?][0-?]*[ -/]*m/g;
const noColour = /\x1b\[[0-9;:]*m/g;
/** What would hide, turn or break text: controls, bidi, separators. */
const odd = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const allOdd = new RegExp(odd.source, 'g');
const zeroes = /\x00{2,}/g;

export function pieces(text: string): Piece[] {
  if (!odd.test(text)) return [{ text, classes: '' }];
  const kept = text.replace(strings, '').replace(others, '');
  if (!kept.includes('\x1b[')) return [{ text: visible(kept), classes: '' }];
  let changes = 0;
  const bounded = kept.replace(noColour, (code) => (changes++ < mostPieces ? code.replaceAll(':', ';') : ''));
  const out: Piece[] = [];
  for (const part of Anser.ansiToJson(bounded, { json: true, remove_empty: true, use_classes: true })) {
    out.push({ text: visible(part.content), classes: classesOf(part) });
  }
  return out;
}

/** Only the text, as harmless. */
export const plainText = (text: string): string =>
  odd.test(text) ? visible(text.replace(strings, '').replace(others, '').replace(noColour, '')) : text;

const visible = (text: string) =>
  odd.test(text) ? text.replace(zeroes, (all) => `⟨NUL × ${all.length}⟩`).replace(allOdd, shownControl) : text;

function shownControl(c: string): string {
  const code = c.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function classesOf(part: Anser.AnserJsonEntry): string {
  const words = [...new Set<string>(part.decorations)].filter((d) => d !== 'blink' && d !== 'hidden');
  const front = colour(part.fg, part.fg_truecolor);
  const back = colour(part.bg, part.bg_truecolor);
  if (front) words.push(`fg-${front}`);
  if (back) words.push(`bg-${back}`);
  return words.join(' ');
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** Any colour becomes one of the theme's own, so that it can be read in both themes. */
function colour(name: string | null, exact: string | null): string {
  if (!name) return '';
  if (name === 'ansi-truecolor') return nearest((exact ?? '').split(',').map(Number));
  const number = /palette-(\d+)/.exec(name)?.[1];
  if (number === undefined) return name.replace(/^ansi-(?:bright-)?/, '');
  return nearest(paletteColour(Number(number)));
}

function paletteColour(index: number): number[] {
  if (index >= 232) return Array<number>(3).fill(8 + (index - 232) * 10);
  const cube = index - 16;
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => (level ? 55 + level * 40 : 0));
}

/** By which of red, green and blue are strong against the strongest. */
function nearest(rgb: number[]): string {
  const most = Math.max(...rgb);
  const least = Math.min(...rgb);
  if (most - least < 40) return most < 90 ? 'black' : 'white';
  const bits = rgb.reduce((all, part, i) => all | (part - least > (most - least) * 0.55 ? 1 << i : 0), 0);
  return names[bits] ?? '';
}
