/** Calls at once, and then at most once per interval, in milliseconds; the last call is never lost. */
export function throttled(interval: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let called = -Infinity
  return () => {
    const wait = Math.max(0, called + interval - performance.now())
    timer ??= setTimeout(() => {
      timer = undefined
      called = performance.now()
      call()
    }, wait)
  }
}
