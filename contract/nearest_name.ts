/** The name that a misspelt one most likely stands for: the one with the smallest edit distance. */
export function nearestName(misspelt: string, names: readonly string[]): string {
  return names.reduce((best, name) => distance(misspelt, name) < distance(misspelt, best) ? name : best);
}

/** Number of letters to insert, delete or replace. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
