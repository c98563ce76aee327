/** Calls at once, and then at most once per interval; the last call is never lost. */
export function paced(interval: number, call: () => void): () => void {
  let timer: number | undefined
  let called = -Infinity
  return () => {
    const wait = Math.max(0, called + interval - performance.now())
    timer ??= window.setTimeout(() => {
      timer = undefined
      called = performance.now()
      call()
    }, wait)
  }
}
