// Names out of ids as they stand in addresses.

/** The run's own name of `EXPERIMENT/RUN`. */
export const runName = (id: string): string => readable(id.slice(id.lastIndexOf('/') + 1));
export const experimentName = (id: string): string => readable(id.slice(0, Math.max(0, id.lastIndexOf('/'))));

function readable(word: string): string {
  try { return decodeURIComponent(word); } catch { return word; }
}
