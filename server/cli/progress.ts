/** How far a run is: a bar that stays in its place in a terminal, a line now and then elsewhere. */
import * as l10n from '@vscode/l10n'
import { stripVTControlCharacters } from 'node:util'
import type { RunRow } from '../../protocol/runEvent.ts'
import { lastValue } from './lastValue.ts'

export interface ProgressDisplay {
  progress(run: RunRow): void
  /** A line that stays. */
  line(text: string): void
  end(): void
}

export function progressDisplay(out: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return out.isTTY ? terminal(out) : plain(out)
}

function terminal(out: NodeJS.WriteStream): ProgressDisplay {
  const clock = new Clock()
  let shown = ''
  const clear = '\r\u001b[K'
  return {
    progress(run) {
      const text = `${bar(run)} ${summary(run, clock.left(run))}`
      const next = text.slice(0, Math.max(20, (out.columns || 80) - 1))
      if (next === shown) return
      shown = next
      out.write(clear + shown)
    },
    line(text) {
      out.write(`${clear}${stripVTControlCharacters(text)}\n${shown}`)
    },
    end() {
      if (shown !== '') out.write(clear)
      shown = ''
    },
  }
}

/** Seconds between lines where nobody sees a bar. */
const lineInterval = 5

function plain(out: NodeJS.WriteStream): ProgressDisplay {
  const clock = new Clock()
  let last = performance.now()
  let lastStep = -1
  return {
    progress(run) {
      const left = clock.left(run)
      if (performance.now() - last < lineInterval * 1000 || run.step === lastStep) return
      last = performance.now()
      lastStep = run.step
      out.write(`${summary(run, left)}\n`)
    },
    line: text => void out.write(`${text}\n`),
    end: () => undefined,
  }
}

function bar({ step, steps }: RunRow): string {
  const width = 20
  const full = steps === 0 ? 0 : Math.round((width * step) / steps)
  return '▮'.repeat(full) + '▯'.repeat(width - full)
}

function summary(run: RunRow, secondsLeft: number | null): string {
  const loss = lastValue(run, 'loss')
  const recall = lastValue(run, 'test/recallAt1')
  const imagesPerSecond = lastValue(run, 'imagesPerSecond')
  const parts = [
    l10n.t('epoch {0}/{1}', run.epoch, run.epochs),
    l10n.t('step {0}/{1}', run.step, run.steps),
    ...(loss === undefined ? [] : [l10n.t('loss {0}', loss.toFixed(4))]),
    ...(recall === undefined ? [] : [`R@1 ${(100 * recall).toFixed(1)} %`]),
    ...(imagesPerSecond === undefined ? [] : [l10n.t('{0} images/s', Math.round(imagesPerSecond))]),
    ...(secondsLeft === null ? [] : [l10n.t('{0} left', duration(secondsLeft))]),
  ]
  return parts.join('  ')
}

/** `0:41`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Foretells the end from the pace since the run was first seen, evaluations included. */
class Clock {
  private readonly seen = new Map<number, { step: number; time: number }>()

  left(run: RunRow): number | null {
    const now = performance.now()
    const first = this.seen.get(run.id)
    if (!first || run.step < first.step) {
      this.seen.set(run.id, { step: run.step, time: now })
      return null
    }
    const done = run.step - first.step
    if (done < 3 || run.steps === 0) return null
    return ((now - first.time) / 1000 / done) * (run.steps - run.step)
  }
}
