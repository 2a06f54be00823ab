// Numbers as people read them, always with their unit.

/** "45 s", "12 min", "1 h 20 min", "3 d 4 h". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const [big, bigName, small, smallName] = s < 86_400
    ? [Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min']
    : [Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h'];
  return small === 0 ? `${big} ${bigName}` : `${big} ${bigName} ${small} ${smallName}`;
}

/** "1 h 20" where a column is narrow. */
export const brief = (seconds: number): string => duration(seconds).replace(/( h \d+) min$/, '$1');

/** "31 min ago". */
export const age = (seconds: number): string => (seconds < 1 ? 'just now' : `${duration(seconds)} ago`);

const sizes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** "1.02 GB", by thousands. */
export function bytes(count: number): string {
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < sizes.length - 1) { value /= 1000; unit++; }
  return `${unit === 0 ? value : significant(value, 3)} ${sizes[unit]}`;
}

const significant = (value: number, digits: number) => {
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(decimals, 6));
};

/** A measured value: four digits that matter, small and large ones with an exponent. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replace('e+', 'e').replace(/\.?0+e/, 'e');
  return Number.isInteger(value) ? count(value) : significant(value, 4);
}

/** 3,900,000 */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** 9.4k: where a column is narrow. */
export function short(value: number): string {
  if (value < 10_000) return String(Math.round(value));
  const [small, unit] = value < 999_500 ? [value / 1000, 'k'] : [value / 1e6, 'M'];
  return significant(small, 3).replace(/\.0+$/, '') + unit;
}

/** "3 runs", "1 run". */
export const plural = (n: number, word: string, many = `${word}s`): string => `${count(n)} ${n === 1 ? word : many}`;

/** "45 %"; 100 only when it is reached. */
export const percent = (share: number): string => `${share < 1 ? Math.min(99, Math.floor(share * 100)) : Math.floor(share * 100)} %`;

const two = (n: number) => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "14:02:11" of today, "22 Nov 14:02" of another day, in this browser's zone. */
export function time(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date(now).toDateString()) return `${clock}:${two(at.getSeconds())}`;
  const year = at.getFullYear() === new Date(now).getFullYear() ? '' : ` ${at.getFullYear()}`;
  return `${at.getDate()} ${months[at.getMonth()]}${year} ${clock}`;
}

const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~])/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/** Foreign text made harmless: terminal sequences dropped, controls that would turn or hide text shown. */
export const plain = (text: string): string =>
  text.replace(escapes, '').replace(controls, (c) => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
