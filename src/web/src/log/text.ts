// Bytes to text as the server writes it: UTF-8, and what is none as \xNN.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const shownCharacters = 4096;

export function decode(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
}

function decodeBroken(bytes: Uint8Array): string {
  let text = '';
  let good = 0;
  let at = 0;
  const flush = (to: number) => { if (to > good) text += strict.decode(bytes.subarray(good, to)); };
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) { at += length; continue; }
    flush(at);
    text += `\\x${bytes[at]!.toString(16).toUpperCase().padStart(2, '0')}`;
    good = ++at;
  }
  flush(at);
  return text;
}

/** How many bytes the character at a place has; 0: it is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  // The second byte has narrower bounds where overlong forms, surrogates or too large numbers would follow.
  const second = bytes[at + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** The first characters, never half of one. */
export function shorten(text: string): string {
  if (text.length <= shownCharacters) return text;
  const end = text.charCodeAt(shownCharacters - 1);
  return text.slice(0, end >= 0xd800 && end < 0xdc00 ? shownCharacters - 1 : shownCharacters);
}

const encoder = new TextEncoder();

/** The bytes of a data frame. */
export function frameBytes(frame: { text?: string; base64?: string }): Uint8Array {
  if (frame.text !== undefined) return encoder.encode(frame.text);
  const raw = atob(frame.base64 ?? '');
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

export const encode = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
