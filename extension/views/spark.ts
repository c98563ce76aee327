/** A curve as a line of text. */

const bars = '▁▂▃▄▅▆▇█'

/**
 * A spark line of block characters: the mean of each stretch of the values, from the smallest to the largest.
 * @param width characters at most
 */
export function spark(values: readonly number[], width: number): string {
  const finite = values.filter(value => Number.isFinite(value))
  const count = Math.min(width, finite.length)
  const means = Array.from({ length: count }, (_, i) => {
    const part = finite.slice(Math.floor((i * finite.length) / count), Math.floor(((i + 1) * finite.length) / count))
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
  const low = Math.min(...means)
  const span = Math.max(...means) - low
  return means
    .map(mean => bars[span === 0 ? 0 : Math.min(bars.length - 1, Math.floor(((mean - low) / span) * bars.length))])
    .join('')
}
