/** Names and number formats of metrics and states, in the reader's language: the same in sidebar, panels and terminal. */
import * as l10n from '@vscode/l10n'
import { assertNever } from './assertNever.ts'
import type { MetricId } from './metrics.ts'
import { isMetricId } from './metrics.ts'
import type { RunStatus } from './runEvent.ts'

/** Short enough for a tree line or a legend: `R@1`, `loss`. Unknown ids stand for themselves. */
export function metricName(id: string): string {
  return isMetricId(id) ? nameOf(id) : id
}

function nameOf(id: MetricId): string {
  switch (id) {
    case 'loss':
      return l10n.t('loss')
    case 'activeFraction':
      return l10n.t('active triplets')
    case 'easy':
      return l10n.t('easy')
    case 'semiHard':
      return l10n.t('semi-hard')
    case 'hard':
      return l10n.t('hard')
    case 'dApMean':
      return l10n.t('d(a,p) mean')
    case 'dAnMean':
      return l10n.t('d(a,n) mean')
    case 'dApP10':
      return l10n.t('d(a,p) 10th percentile')
    case 'dApP90':
      return l10n.t('d(a,p) 90th percentile')
    case 'dAnP10':
      return l10n.t('d(a,n) 10th percentile')
    case 'dAnP90':
      return l10n.t('d(a,n) 90th percentile')
    case 'embeddingNorm':
      return l10n.t('embedding norm')
    case 'embeddingVariance':
      return l10n.t('embedding variance')
    case 'gradientNorm':
      return l10n.t('gradient norm')
    case 'minedTriplets':
      return l10n.t('mined triplets')
    case 'learningRate':
      return l10n.t('learning rate')
    case 'margin':
      return l10n.t('margin α')
    case 'imagesPerSecond':
      return l10n.t('images/s')
    case 'memory':
      return l10n.t('memory')
    case 'test/loss':
      return l10n.t('held-out loss')
    case 'test/activeFraction':
      return l10n.t('held-out active')
    case 'test/recallAt1':
      return 'R@1'
    case 'test/recallAt2':
      return 'R@2'
    case 'test/recallAt4':
      return 'R@4'
    case 'test/recallAt8':
      return 'R@8'
    case 'test/rPrecision':
      return l10n.t('R-precision')
    case 'test/mapAtR':
      return 'MAP@R'
    case 'test/identification':
      return l10n.t('identification')
    case 'test/rocAuc':
      return 'AUC'
    case 'test/eer':
      return 'EER'
    case 'test/tarAtFar':
      return 'TAR@FAR 1e-3'
    case 'test/farThreshold':
      return l10n.t('threshold at FAR 1e-3')
    case 'test/nmi':
      return 'NMI'
    case 'test/ami':
      return 'AMI'
    default:
      return assertNever(id)
  }
}

/** One word for a state. */
export function statusName(status: RunStatus): string {
  switch (status) {
    case 'queued':
      return l10n.t('queued')
    case 'running':
      return l10n.t('running')
    case 'paused':
      return l10n.t('paused')
    case 'interrupted':
      return l10n.t('interrupted')
    case 'done':
      return l10n.t('done')
    case 'stopped':
      return l10n.t('stopped')
    case 'failed':
      return l10n.t('failed')
    case 'diverged':
      return l10n.t('diverged')
    default:
      return assertNever(status)
  }
}

const shares: ReadonlySet<string> = new Set(['activeFraction', 'test/activeFraction', 'easy', 'semiHard', 'hard'])

/** A value with the precision that a reader can use: shares in percent, scores with three digits, small rates as powers. */
export function metricValue(id: string, value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (shares.has(id)) return percent(value)
  if (id === 'imagesPerSecond' || id === 'minedTriplets') return count(value)
  if (id === 'memory') return `${count(value)} MB`
  if (id.startsWith('test/') && id !== 'test/loss') return value.toFixed(3)
  return significant(value)
}

/** Three significant digits; powers of ten where plain digits would be unreadable. */
export function significant(value: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (value < 0) return `−${significant(size)}`
  if (size >= 1e5 || size < 1e-3) return value.toExponential(size < 1e-3 ? 1 : 2).replace('e+', 'e')
  if (size >= 1000) return count(value)
  return value.toPrecision(3)
}

/** For the ticks of an axis: as short as it can be, since the others give the context. */
export function axisNumber(value: number): string {
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(6)))
  return value.toExponential().replace('e+', 'e')
}

export function axisPercent(fraction: number): string {
  return `${axisNumber(fraction * 100)} %`
}

export function percent(fraction: number): string {
  const value = fraction * 100
  return `${value !== 0 && Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)} %`
}

/** 12,345: grouped by comma in every language, so that a number reads the same in text, axis and table. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `0:41`, `12:05`, `3:20:07`. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / 1000))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}
