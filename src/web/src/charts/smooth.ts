// An exponential mean without the pull of its beginning; of uneven steps each weighs by the distance it stands for.

export function smooth(x: number[], y: (number | null)[], weight: number): (number | null)[] {
  const typical = middleDistance(x);
  let mean = 0;
  let mass = 0;
  let before = x[0] ?? 0;
  return y.map((value, i) => {
    if (value === null) return null;
    const keep = weight ** Math.max(0.01, typical > 0 && mass > 0 ? (x[i]! - before) / typical : 1);
    before = x[i]!;
    mean = mean * keep + value * (1 - keep);
    mass = mass * keep + (1 - keep);
    return mean / mass;
  });
}

function middleDistance(x: number[]): number {
  const all = x.slice(1).map((v, i) => v - x[i]!).sort((a, b) => a - b);
  return all[all.length >> 1] ?? 0;
}
