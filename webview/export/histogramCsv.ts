/** Histograms as a table: one line a bin of one of them, with both of its ends. */
import { tableCsv } from '../../protocol/csv.ts'
import type { HistogramDetail } from '../../protocol/details.ts'

export function histogramCsv(histograms: Readonly<Record<string, HistogramDetail>>): string {
  const rows = Object.entries(histograms).flatMap(([name, { low, high, counts }]) => {
    const width = (high - low) / counts.length
    return counts.map((count, i) => [name, low + i * width, low + (i + 1) * width, count])
  })
  return tableCsv(['histogram', 'from', 'to', 'count'], rows)
}
