/** Edit distance of two words: insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}

/**
 * The known name that a mistyped one most likely means; undefined where none is near. Case, hyphens and underscores count
 * for nothing; a known name that begins with what was typed (three letters at least) is near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = plain(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  let begun: string | undefined;
  for (const candidate of known) {
    const name = plain(candidate);
    const distance = editDistance(typed, name);
    if (beginsLike(name, typed) && (begun === undefined || candidate.length < begun.length)) {
      begun = candidate;
    }
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  const allowed = typed.length < 4 ? 1 : Math.max(2, Math.floor(typed.length / 3));
  const isNear = bestDistance <= allowed && bestDistance < Math.max(typed.length, 1);
  return isNear ? best : begun;
}

/** Whether a name begins with what was typed, or with something one slip away from it. */
function beginsLike(name: string, typed: string): boolean {
  if (typed.length < 3) return false;
  if (name.startsWith(typed)) return true;
  const lengths = typed.length < 5 ? [] : [typed.length - 1, typed.length, typed.length + 1];
  return lengths.some((length) => editDistance(typed, name.slice(0, length)) <= 1);
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
