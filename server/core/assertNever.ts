/**
 * Ends a switch over a discriminated union: a forgotten case is a compile error, a corrupt value a crash with its name.
 * @throws RangeError always
 */
export function assertNever(value: never, what: string): never {
  throw new RangeError(`unknown ${what}: ${JSON.stringify(value)}`)
}
