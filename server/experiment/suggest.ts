/** "Did you mean": the known word that is nearest to a misspelt one. */

/** Letters and digits only, so that `semi_hard`, `semiHard` and `semi-hard` are one word. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * @param known each word with its other names
 * @returns the word meant, or `null` when none is near enough
 */
export function suggest(
  written: string,
  known: Iterable<readonly [word: string, aliases: readonly string[]]>,
): string | null {
  const target = bare(written)
  if (target === '' || target.length > 60) return null
  let best: string | null = null
  let bestDistance = Infinity
  for (const [word, aliases] of known) {
    if (aliases.some(alias => bare(alias) === target)) return word
    const distance = editDistance(target, bare(word))
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return bestDistance <= Math.max(1, Math.floor(target.length / 3)) ? best : null
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
