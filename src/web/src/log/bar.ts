// A progress bar as tqdm and its kin write it, taken apart.

export interface Bar {
  label: string;
  share: number;
  count: string;
  elapsed: string;
  left: string;
  /** Rate and what follows it: "20.50s/it", "avr_loss=0.0234". */
  chips: string[];
}

const shape = /^(.{0,200}?):?\s*(\d{1,3})%\|[^|]{0,400}\|\s*([\d.]+[kMGT]?)\/([\d.]+[kMGT]?)\s*\[([\d:]+)<([\d:?]+),?\s*([^\]]{0,600})\]?(.{0,200})$/;

export function parseBar(text: string): Bar | null {
  if (text.length > 1500 || !text.includes('%|')) return null;
  const found = shape.exec(text.trim());
  if (!found) return null;
  const [, label = '', percent = '0', n = '', total = '', elapsed = '', left = '', rest = '', tail = ''] = found;
  const chips = [...rest.split(/,\s*/), tail.trim()].filter(Boolean);
  return { label, share: Math.min(1, Number(percent) / 100), count: `${grouped(n)}/${grouped(total)}`, elapsed, left, chips };
}

const grouped = (digits: string) => (/^\d{5,}$/.test(digits) ? Number(digits).toLocaleString('en-US') : digits);
