/** Tables on standard output. */

/** Cells padded so that columns stand below one another. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(cells => (cells[column] ?? '').length)))
  return rows.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
}

export function print(lines: readonly string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}
