/** Tables in a terminal. */

/** Cells padded so that columns stand below one another. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(cells => widthOf(cells[column] ?? ''))))
  return rows.map(cells =>
    cells
      .map((cell, column) => padded(cell, widths[column]))
      .join('  ')
      .trimEnd(),
  )
}

/** Han, kana, Hangul and their punctuation take the place of two letters. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/

/** Places that a text takes in a terminal. */
function widthOf(text: string): number {
  let places = 0
  for (const one of text) places += wide.test(one) ? 2 : 1
  return places
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** As much of the beginning as fits, so that a line stays one. */
export function fitting(text: string, width: number): string {
  let kept = ''
  let left = width
  for (const one of text) {
    left -= widthOf(one)
    if (left < 0) break
    kept += one
  }
  return kept
}

export function print(lines: readonly string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}
