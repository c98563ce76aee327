/** Ends a `switch` over a union: a case that is missing is a type error here. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}.`)
}
