// The sort in the address: names of columns with commas between them, those from large to small with a minus.
import type { Column } from './columns';

/** After a click on a column: it comes first, or next with Shift; a second click turns it round, a third takes it away. */
export function changed(sort: string, column: Pick<Column, 'name' | 'downFirst'>, next: boolean): string {
  const words = sort === '' ? [] : sort.split(',');
  const [one, two] = column.downFirst ? [`-${column.name}`, column.name] : [column.name, `-${column.name}`];
  const turned = words.includes(one) ? two : words.includes(two) ? null : one;
  const others = next ? words.filter((w) => w !== one && w !== two) : [];
  return [...others, ...(turned === null ? [] : [turned])].join(',');
}
