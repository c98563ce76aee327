/** Where docs/diagnostics.md explains a code: a line of a file that an editor can open. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../training/datasets/packageRoot.ts'

let lines: ReadonlyMap<string, number> | null = null

/** @returns `undefined` where the page is not installed or does not know the code */
export function explain(code: string): string | undefined {
  const file = join(packageRoot(), 'docs', 'diagnostics.md')
  lines ??= headings(file)
  const line = lines.get(code)
  return line === undefined ? undefined : `${pathToFileURL(file).href}#L${line}`
}

function headings(file: string): ReadonlyMap<string, number> {
  try {
    const found = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, i) => (text.startsWith('## ') ? [[text.slice(3), i + 1] as const] : []))
    return new Map(found)
  } catch {
    return new Map()
  }
}
