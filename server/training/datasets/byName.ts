let collator: Intl.Collator | undefined

/** Orders names as people do, `2` before `10`, wherever the program runs. Its rules are loaded when first asked for. */
export function byName(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}
