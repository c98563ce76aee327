/** Title, state, progress and controls of a run. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import type { FromPanel } from '../../protocol/panel.ts'
import { endedStatuses, type RunRow, type RunWish, summaryOf } from '../../protocol/runEvent.ts'
import { count, duration, metricValue, statusName } from '../../protocol/words.ts'
import { runMarkdown } from '../export/markdown.ts'
import type { PanelModel } from './model.ts'
import type { Page } from './page.ts'

export function header(page: Page, run: RunRow): TemplateResult {
  const { model } = page
  const send = (message: FromPanel) => page.send(message)
  const step = Math.max(run.step, model.lastStep)
  const share = run.steps > 0 ? Math.min(1, step / run.steps) : 0
  const ended = endedStatuses.has(run.status)
  const wish = (kind: RunWish) => () => send({ kind: 'wish', runId: run.id, wish: kind })
  return html`
    <header>
      <h1 title=${run.experiment}><bdi>${run.name}</bdi></h1>
      <span class="state ${run.status}"><span class="dot" aria-hidden="true"></span>${stateWords(run)}</span>
      ${run.status === 'queued' && step === 0 ? nothing : progress(run, step, share)}
      <span class="figures">${figures(model, run, step).map(text => html`<span>${text}</span>`)}</span>
      <span class="controls">
        ${
          ended
            ? nothing
            : run.wish === 'pause' || run.status === 'paused'
              ? button('debug-continue', l10n.t('Resume'), wish('run'))
              : button('debug-pause', l10n.t('Pause'), wish('pause'))
        }
        ${ended ? nothing : button('debug-stop', l10n.t('Stop'), wish('stop'))}
        ${
          ended && run.status !== 'failed' && run.status !== 'diverged'
            ? button('debug-continue', l10n.t('More epochs'), () => send({ kind: 'moreEpochs', runId: run.id }))
            : nothing
        }
        ${run.step > 0 ? button('repo-forked', l10n.t('Fork from a checkpoint'), () => send({ kind: 'fork', runId: run.id })) : nothing}
        ${button('edit', l10n.t('Name, tags and notes'), () => editRun(page))}
        ${button('copy', l10n.t('Copy as Markdown'), () => send({ kind: 'copy', text: runMarkdown(run) }))}
        ${button('go-to-file', l10n.t('Open the experiment'), () => send({ kind: 'openExperiment', runId: run.id }))}
      </span>
    </header>
  `
}

/** They stand above the settings; the field of the name is where typing goes. */
function editRun(page: Page): void {
  page.change({ tab: 'log' })
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const field = document.querySelector('.about input')
      if (field instanceof HTMLInputElement) field.select()
    })
  })
}

/** What was asked for shows at once, before the trainer has come to it. */
function stateWords(run: RunRow): string {
  if (run.status === 'running' && run.wish === 'stop') return l10n.t('stopping…')
  if (run.status === 'running' && run.wish === 'pause') return l10n.t('pausing…')
  if (run.status === 'paused' && run.wish === 'run') return l10n.t('resuming…')
  return statusName(run.status)
}

function progress(run: RunRow, step: number, share: number): TemplateResult {
  const epoch = l10n.t('epoch {0}/{1}', Math.min(Math.max(run.epoch, 1), run.epochs), run.epochs)
  const title = l10n.t('step {0} of {1}', count(step), count(run.steps))
  return html`<span class="progress" title=${title}>
    <span class="epoch">${epoch}</span>
    <progress max="1" .value=${share} aria-label=${title}></progress>
    <span class="share">${Math.floor(share * 100)} %</span>
  </span>`
}

/** Speed and time: while it runs what is left, afterwards what it took. */
function figures(model: PanelModel, run: RunRow, step: number): string[] {
  if (run.status === 'queued' && step === 0) return []
  const texts = [l10n.t('step {0}', count(step))]
  if (run.status === 'running') {
    const images = model.last('imagesPerSecond')
    if (images !== undefined) texts.push(l10n.t('{0} images/s', count(images)))
    const batch = run.spec.batch.classes * run.spec.batch.samplesPerClass
    const steps = model.pace.stepsPerSecond ?? (images === undefined ? undefined : images / batch)
    if (steps !== undefined && steps > 0)
      texts.push(l10n.t('{0} left', duration((1000 * Math.max(0, run.steps - step)) / steps)))
  } else if (run.started !== null && run.ended !== null) {
    texts.push(duration(run.ended - run.started))
  }
  const memory = model.last('memory') ?? summaryOf(run, 'memory')?.last
  if (memory !== undefined) texts.push(metricValue('memory', memory))
  if (run.engine !== null) texts.push(run.engine)
  return texts
}

export function button(icon: string, label: string, onClick: () => void): TemplateResult {
  return html`<button class="icon" title=${label} aria-label=${label} @click=${onClick}>
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
  </button>`
}
