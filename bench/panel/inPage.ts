/** What is measured inside the panel's page. Each function is sent there as text, so it uses nothing from outside. */

/** Milliseconds from the page's script being up. */
export interface Opening {
  /** To the end of the frame with the first chart in it. */
  readonly first: number
  /** Until all charts in sight are drawn. */
  readonly all: number
  /** From when the browser began with the page to its script being up. */
  readonly loading: number
}

/** By the marks that the page leaves. */
export function opened(): Promise<Opening> {
  const at = (name: string) => performance.getEntriesByName(`tripletlab:${name}`).at(0)?.startTime
  return new Promise((done, failed) => {
    const look = () => {
      const [ready, drawn, complete] = [at('ready'), at('drawn'), at('complete')]
      if (ready !== undefined && drawn !== undefined && complete !== undefined)
        done({ first: drawn - ready, all: complete - ready, loading: ready })
      else if (performance.now() > 30_000) failed(new Error('No curve was drawn.'))
      else setTimeout(look, 20)
    }
    look()
  })
}

export interface Frames {
  /** Milliseconds between frames. */
  readonly intervals: number[]
  /** Milliseconds of script in each frame. */
  readonly scripts: number[]
}

/** Zooms in and out, or pans, at each frame, by the wheel and by dragging as a hand does. */
export function gesture(
  _body: Element,
  { kind, frames }: { readonly kind: 'zoom' | 'pan'; readonly frames: number },
): Promise<Frames> {
  const canvas = document.querySelector('canvas[data-chart=loss]')
  if (canvas === null) throw new Error('There is no chart.')
  const box = canvas.getBoundingClientRect()
  const plain = window.requestAnimationFrame.bind(window)
  const scripts: number[] = []
  let spent = 0
  window.requestAnimationFrame = callback =>
    plain(time => {
      const start = performance.now()
      callback(time)
      spent += performance.now() - start
    })
  const pointer = (type: string, x: number) =>
    canvas.dispatchEvent(
      new PointerEvent(type, {
        clientX: x,
        clientY: box.top + 40,
        button: 0,
        shiftKey: true,
        pointerId: 1,
        bubbles: true,
      }),
    )
  const intervals: number[] = []
  // There is no such pointer to be captured.
  Element.prototype.setPointerCapture = () => undefined
  if (kind === 'pan') pointer('pointerdown', box.left + box.width / 2)
  return new Promise(done => {
    let before = performance.now()
    let frame = 0
    const step = () => {
      const now = performance.now()
      if (frame > 0) {
        intervals.push(now - before)
        scripts.push(spent)
      }
      spent = 0
      before = now
      if (frame++ === frames) {
        if (kind === 'pan') pointer('pointerup', box.left + box.width / 2)
        window.requestAnimationFrame = plain
        done({ intervals, scripts })
        return
      }
      const start = performance.now()
      if (kind === 'zoom')
        canvas.dispatchEvent(
          new WheelEvent('wheel', {
            deltaY: frame % 60 < 30 ? -40 : 40,
            ctrlKey: true,
            clientX: box.left + box.width * 0.6,
            clientY: box.top + 40,
            cancelable: true,
          }),
        )
      else pointer('pointermove', box.left + box.width / 2 + 60 * Math.sin(frame / 10))
      spent += performance.now() - start
      plain(step)
    }
    plain(step)
  })
}

export interface Heap {
  readonly hours: number
  readonly megabytes: number
  readonly nodes: number
}

/** A day of a run with ten steps a second: what the extension would send, one message for each second of it. */
export async function day(
  _body: Element,
  { names, runId }: { readonly names: readonly string[]; readonly runId: number },
): Promise<Heap[]> {
  const heap = (hours: number): Heap => {
    const chromium = window as unknown as { gc(): void; performance: { memory: { usedJSHeapSize: number } } }
    chromium.gc()
    return {
      hours,
      megabytes: chromium.performance.memory.usedJSHeapSize / 1e6,
      nodes: document.querySelectorAll('*').length,
    }
  }
  const seen: Heap[] = []
  let step = 2_000_000
  for (let hour = 0; hour < 24; hour++) {
    for (let second = 0; second < 3600; second++) {
      const steps = Array.from({ length: 10 }, () => ++step)
      const series = names.map(metric => ({ metric, steps, values: steps.map(one => Math.abs(Math.sin(one))) }))
      const data = { kind: 'deltas', deltas: [{ kind: 'points', runId, series }] }
      window.dispatchEvent(new MessageEvent('message', { data }))
      // The page draws what it likes to draw in between.
      if (second % 60 === 0) await new Promise(next => setTimeout(next, 0))
    }
    if ([0, 1, 5, 11, 17, 23].includes(hour)) {
      await new Promise(next => setTimeout(next, 300))
      seen.push(heap(hour + 1))
    }
  }
  return seen
}

/** Notes how long each key takes until its letter is on the screen; to be read by `keyTimes`. */
export function watchKeys(): void {
  const times: number[] = []
  Object.assign(window, { keyTimes: times })
  let pressed = 0
  document.addEventListener(
    'keydown',
    event => {
      pressed = event.timeStamp
    },
    true,
  )
  const lines = document.querySelector('.editor-group-container .monaco-editor .view-lines')
  if (lines === null) throw new Error('There is no editor.')
  new MutationObserver(() => {
    if (pressed === 0) return
    const start = pressed
    pressed = 0
    requestAnimationFrame(() => times.push(performance.now() - start))
  }).observe(lines, { subtree: true, childList: true, characterData: true })
}

export function keyTimes(): number[] {
  const { keyTimes: times } = window as unknown as { keyTimes: number[] }
  return times.splice(0)
}
