/** Remembers what is made from an object for as long as the object lives: for objects that never change. */
export function perObject<K extends object, T>(make: (from: K) => T): (from: K) => T {
  const known = new WeakMap<K, { readonly made: T }>()
  return from => {
    const before = known.get(from)
    if (before !== undefined) return before.made
    const made = make(from)
    known.set(from, { made })
    return made
  }
}
