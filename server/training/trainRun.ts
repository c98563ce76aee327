/**
 * The training loop. Everything about triplets is the core's, everything about networks the engine's; this is the order
 * in which they are asked, and what is kept of it.
 *
 * The same spec, seed, engine and machine give the same curve bit for bit, also when the run was killed and resumed:
 * whatever the next step depends on is in the checkpoint (see `LoopState`), and no value depends on the clock.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HardestDetail, HardTripletDetail } from '../../protocol/details.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { watchHealth } from '../core/health.ts'
import { encodeCheckpoint, readCheckpoint, type Checkpoint } from './checkpoint.ts'
import { CheckpointWriter } from './checkpointWriter.ts'
import { reportSkipped, searchLeaks } from './dataReport.ts'
import type { AutoOptions } from './engines/registry.ts'
import type { EngineState } from './engines/trainEngine.ts'
import { recordEnvironment } from './environment.ts'
import { evaluate, type Evaluation } from './evaluate.ts'
import { type Fork, readFork, startOfFork } from './fork.ts'
import { countHardEpochs, likelyMislabelled } from './hardPictures.ts'
import { heldOutLoss } from './heldOutLoss.ts'
import { freshState, type LoopState } from './loopState.ts'
import { openRun, type OpenRun } from './openRun.ts'
import {
  chooseSample,
  classesDetail,
  hardestPictures,
  picturesDetail,
  sampleDetail,
  samplesPerRun,
} from './snapshots.ts'
import { endSpares } from './spareThreads.ts'
import { afterEpoch, lessonOf } from './schedule.ts'
import { isFirstStepOf, type StepAhead } from './stepAhead.ts'
import { planStep } from './stepPlan.ts'
import { observation, Stepper, type StepResult } from './stepper.ts'
import type { Tracker } from './tracker.ts'
import * as words from './words.ts'

export interface TrainContext {
  readonly tracker: Tracker
  /** Where the run's checkpoints lie: `last.checkpoint`, and `best.checkpoint` of the best epoch. */
  readonly folder: string
  /** The workspace: where packages, caches and git are looked for. */
  readonly workspace: string
  /** How `auto` tries engines; without it the first that can run the network is taken. */
  readonly auto?: AutoOptions
  /** Threads that the engine may use at most; left out or `null`: as many as it finds best. */
  readonly threads?: number | null
  /** What was made before the run was there: taken if it is this run's, closed if not. */
  readonly ahead?: StepAhead | null
  /**
   * The first step of this process is recorded; the next one waits for what this does.
   * @param isWished whether the run is still to go on
   */
  readonly onFirstStep?: (isWished: () => boolean) => Promise<void>
}

export type Outcome =
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'diverged'; readonly message: string }

/** Most milliseconds between checkpoints, evaluations apart. */
const checkpointInterval = 10_000
/** Where epochs are short, their checkpoints may cost this share of the time. */
const checkpointShare = 0.02
const shortestInterval = 250
/** The network as it was before training is evaluated when this many points stand, so that the first ones come soon. */
const stepsBeforeFirstEvaluation = 10
/** Comparing pictures may take a minute (MNIST with its training set as gallery); that is not worth the untrained level. */
const mostComparisonsUntrained = 150e6
/** Milliseconds between two looks at the memory that the trainer takes. */
const memoryInterval = 2_000
const hardestPerStep = 4
const hardestPerEpoch = 24

/**
 * Trains a run to its end, from its last checkpoint when it has one.
 * @throws DatasetError, EngineError or RunError, whose messages are for people, when the run cannot start
 */
export async function trainRun(spec: RunSpec, context: TrainContext): Promise<Outcome> {
  await mkdir(context.folder, { recursive: true })
  const found = await readCheckpoint(join(context.folder, 'last.checkpoint'))
  if (found.kind === 'damaged') context.tracker.event(0, 'warning', words.damaged(found.reason))
  const checkpoint = found.kind === 'found' ? found.checkpoint : null
  const fork = checkpoint === null ? await readFork(context.folder) : null

  const ahead = await firstStep(spec, context, checkpoint === null && fork === null)
  const auto = context.auto && {
    ...context.auto,
    onTrials: (engines: readonly string[]) => context.tracker.event(0, 'started', words.trials(engines)),
    onChoice: (sentence: string) => context.tracker.event(0, 'started', sentence),
  }
  const run =
    ahead?.run ??
    (await openRun(spec, context.workspace, {
      before: checkpoint,
      auto,
      mostThreads: context.threads,
      forkedFrom: fork?.checkpoint.engineId,
    }))
  void endSpares()
  let loop: Loop | null = null
  try {
    const untrained = ahead?.untrained ?? (await run.engine.exportState())
    loop = new Loop(run, context, untrained, ahead)
    context.tracker.together(() => {
      for (const sentence of ahead?.choices ?? []) context.tracker.event(0, 'started', sentence)
      context.tracker.progress({
        steps: run.steps,
        engine: run.engine.id,
        environment: recordEnvironment(context.workspace, run.engine, run.dataset, run.split),
      })
      if (checkpoint) return
      context.tracker.event(0, 'started', words.started(run))
      if (!fork) reportSkipped(run, context.tracker)
    })
    if (checkpoint) await loop.resume(checkpoint)
    else if (fork) {
      await loop.fork(fork)
      reportSkipped(run, context.tracker)
    }
    return await loop.train()
  } finally {
    await loop?.close()
    run.close()
  }
}

/** The step that was made ahead, if it is this run's first. */
async function firstStep(spec: RunSpec, context: TrainContext, isFresh: boolean): Promise<StepAhead | null> {
  const { ahead = null, threads = null, workspace } = context
  if (ahead === null) return null
  if (isFresh && (await isFirstStepOf(ahead, spec, threads, workspace))) return ahead
  ahead.run.close()
  return null
}

class Loop {
  private readonly run: OpenRun
  private readonly context: TrainContext
  private readonly tracker: Tracker
  private readonly untrained: EngineState
  private readonly stepper: Stepper
  /** The first step is made, and still to be recorded. */
  private ahead: StepResult | null
  private state: LoopState
  private savedAt = performance.now()
  private picturesKept = false
  private hasStepped = false
  private saveTook = 0
  private memorySeenAt = -Infinity
  private readonly writer = new CheckpointWriter()
  /** Rejects when a checkpoint could not be written. */
  private written: Promise<void> = Promise.resolve()
  /** Nothing is said any more of pictures that are on both sides of the split. */
  private endSearch = (): void => undefined

  constructor(run: OpenRun, context: TrainContext, untrained: EngineState, ahead: StepAhead | null) {
    this.run = run
    this.context = context
    this.tracker = context.tracker
    this.untrained = untrained
    this.stepper = ahead?.stepper ?? new Stepper(run, lessonOf(run.spec, 1))
    this.ahead = ahead?.result ?? null
    this.state = freshState(run.fingerprint, this.stepper.randomState)
  }

  async resume(checkpoint: Checkpoint): Promise<void> {
    const { run, tracker } = this
    await run.engine.importState(checkpoint.engine)
    this.state = checkpoint.loop
    this.stepper.teach(lessonOf(run.spec, this.epoch))
    this.stepper.randomState = checkpoint.loop.minerRandom
    if (checkpoint.engineId !== run.engine.id)
      tracker.event(this.state.step, 'warning', words.otherEngine(checkpoint.engineId, run.engine.id))
    tracker.event(this.state.step, 'resumed', words.resumed(this.state.step, run.steps))
  }

  async fork(fork: Fork): Promise<void> {
    const { run, tracker } = this
    const start = startOfFork(fork, run, { state: this.state, engine: this.untrained })
    await run.engine.importState(start.engine)
    run.input.resume(start.sampler ?? run.sampler.state(), start.state.step)
    this.state = start.state
    this.stepper.teach(lessonOf(run.spec, this.epoch))
    this.stepper.randomState = start.state.minerRandom
    tracker.milestone(this.state.step, 'started', words.forked(fork.origin.runId, this.state.step, run.steps))
    // From here on the run stands on its own.
    await this.saveNow()
  }

  /** Nothing goes on afterwards; what is being written still is. */
  async close(): Promise<void> {
    this.endSearch()
    await this.written.catch(() => undefined)
    this.writer.close()
  }

  async train(): Promise<Outcome> {
    const { run, state } = this
    for (;;) {
      // A checkpoint in between would hold a network that is a step further than its curve.
      if (this.ahead === null && (await this.obey()) === 'stop') {
        await this.saveNow()
        return { kind: 'stopped' }
      }
      if (this.untrainedIsDue()) {
        await this.evaluateUntrained()
      } else if (state.step === (state.epochsClosed + 1) * run.stepsPerEpoch) {
        const early = await this.closeEpoch()
        if (early !== null) return await this.done(early)
      } else if (state.step >= run.steps) {
        return await this.done(null)
      } else {
        if (state.step % run.stepsPerEpoch === 0) this.openEpoch()
        const diverged = await this.step()
        if (diverged !== null) return { kind: 'diverged', message: diverged }
        if (!this.hasStepped) await this.context.onFirstStep?.(() => this.tracker.wish() === 'run')
        this.hasStepped = true
        // Not earlier: the first point comes first.
        if (state.step === 1) this.endSearch = searchLeaks(run, this.tracker)
        await this.saveWhenOlderThan(checkpointInterval)
      }
    }
  }

  /** From 1; that of the next step. */
  private get epoch(): number {
    return Math.floor(this.state.step / this.run.stepsPerEpoch) + 1
  }

  private untrainedIsDue(): boolean {
    const { spec, split, stepsPerEpoch } = this.run
    if (this.state.untrainedEvaluated || this.state.step < Math.min(stepsBeforeFirstEvaluation, stepsPerEpoch))
      return false
    const gallery = spec.evaluation.gallery === 'train' ? split.train : split.test
    return split.test.length * gallery.length <= mostComparisonsUntrained
  }

  /** Waits while a pause is wished. */
  private async obey(): Promise<'run' | 'stop'> {
    const { tracker, state } = this
    let wish = tracker.wish()
    if (wish === 'pause') {
      await this.saveNow()
      tracker.status('paused')
      tracker.event(state.step, 'paused', words.paused(state.step))
      while ((wish = tracker.wish()) === 'pause') await sleep(30)
      if (wish === 'run') {
        tracker.status('running')
        tracker.event(state.step, 'resumed', words.resumed(state.step, this.run.steps))
      }
    }
    return wish
  }

  /** What the curriculum says for this epoch. */
  private openEpoch(): void {
    const { run, state, epoch } = this
    const before = lessonOf(run.spec, epoch - 1)
    const lesson = lessonOf(run.spec, epoch)
    this.stepper.teach(lesson)
    if (epoch === 1) return
    if (lesson.mining !== before.mining)
      this.tracker.milestone(state.step, 'miner', words.miner(epoch, lesson.mining.strategy))
    if (lesson.margin !== before.margin)
      this.tracker.milestone(state.step, 'margin', words.margin(epoch, lesson.margin))
  }

  /** @returns what to say when training has diverged */
  private async step(): Promise<string | null> {
    const { run, state, tracker, epoch } = this
    const { learningRate, look, span } = planStep(run, state.step, epoch, state.plateau.factor)
    const result = this.ahead ?? (await this.stepper.step(learningRate, look))
    this.ahead = null
    state.step++
    tracker.record(state.step, epoch, { ...result.values, ...this.memory() })
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm)) {
      const message = words.diverged(state.step, run.spec)
      tracker.milestone(state.step, 'diverged', message)
      return message
    }
    this.watch(result, span)
    if (result.histograms) tracker.detail(state.step, 'difficulty', result.histograms)
    state.epochLoss.sum += result.loss
    state.epochLoss.count++
    if (result.difficulty !== null) this.keepHardest()
    return null
  }

  /** The hardest triplets of the epoch: most steps have none that belongs to them. */
  private keepHardest(): void {
    const { state } = this
    const found = this.stepper.hardest(state.step, hardestPerStep)
    const hardness = ({ ap, an }: HardTripletDetail) => ap - an
    const last = state.hardest.at(-1)
    const isFull = last !== undefined && state.hardest.length === hardestPerEpoch
    if (found.length === 0 || (isFull && hardness(found[0]) <= hardness(last))) return
    state.hardest = [...state.hardest, ...found].toSorted((a, b) => hardness(b) - hardness(a)).slice(0, hardestPerEpoch)
  }

  /** Megabytes that this process takes, every few seconds; nothing that a later step depends on. */
  private memory(): { memory?: number } {
    const now = performance.now()
    if (now - this.memorySeenAt < memoryInterval) return {}
    this.memorySeenAt = now
    return { memory: Math.round(process.memoryUsage.rss() / 1e6) }
  }

  /** Says what is wrong with the run when it sets in, and while a collapse lasts says so in the run's line. */
  private watch(result: StepResult, span: number): void {
    const { run, state, tracker } = this
    const observed = observation(state.step, span, result)
    if (observed === null || span === 0) return
    const { state: health, findings } = watchHealth(state.health, run.spec.loss, observed)
    state.health = health
    for (const finding of findings) {
      const message = words.finding(finding, run.spec, lessonOf(run.spec, this.epoch).mining)
      tracker.milestone(state.step, finding.kind === 'collapsed' ? 'collapsed' : 'health', message)
      if (finding.kind === 'collapsed') tracker.status('running', message)
      else if (finding.kind === 'recovered') tracker.status('running')
    }
  }

  /** How good the embeddings are before any training: the level that a curve starts from. */
  private async evaluateUntrained(): Promise<void> {
    const { run, state, tracker } = this
    const trained = await run.engine.exportState()
    await run.engine.importState(this.untrained)
    const found = await this.evaluate(false)
    await run.engine.importState(trained)
    if (found) {
      tracker.record(0, 0, found.values)
      await this.keepSample(0, 0, found)
    }
    if (tracker.wish() !== 'stop') state.untrainedEvaluated = true
  }

  /** @returns what to say when the run should end before its last epoch */
  private async closeEpoch(): Promise<string | null> {
    const { run, state, tracker } = this
    const { spec } = run
    const epoch = state.epochsClosed + 1
    const meanLoss = state.epochLoss.sum / state.epochLoss.count
    const due = epoch % spec.evaluation.everyEpochs === 0 || epoch === spec.epochs
    let found: Evaluation | null = null
    if (due) {
      await this.saveWhenOlderThan(checkpointInterval)
      found = await this.evaluate(epoch === spec.epochs)
      if (tracker.wish() === 'stop') return null
    }

    const values = found?.values ?? null
    if (values) tracker.record(state.step, epoch, values)
    if (found) await this.keepSample(state.step, epoch, found)
    tracker.detail(state.step, 'hardest', { epoch, triplets: state.hardest } satisfies HardestDetail)
    tracker.detail(state.step, 'hardestPictures', await hardestPictures(run.dataset, state.hardest))
    tracker.milestone(state.step, values ? 'evaluated' : 'epoch', words.epoch(epoch, spec.epochs, meanLoss, values))
    const score = values ? values['test/mapAtR'] : run.split.test.length === 0 ? -meanLoss : undefined
    const improved = score !== undefined && (state.best === null || score > state.best.score)
    if (improved) state.best = { score, step: state.step }
    if (improved) state.evaluationsSinceBest = 0
    else if (score !== undefined) state.evaluationsSinceBest++
    state.plateau = afterEpoch(spec.schedule, state.plateau, meanLoss)
    state.epochLoss = { sum: 0, count: 0 }
    state.hardEpochs = countHardEpochs(state.hardEpochs, state.hardest)
    state.hardest = []
    state.epochsClosed = epoch
    if (improved) await this.save('best')
    await this.saveWhenOlderThan(Math.max(shortestInterval, this.saveTook / checkpointShare))
    const { patience } = spec.evaluation
    return patience !== null && state.evaluationsSinceBest >= patience && epoch < spec.epochs
      ? words.stoppedEarly(state.evaluationsSinceBest)
      : null
  }

  /** The sample's embeddings and each class's scores as they are now; with the first of them, the sample's pictures. */
  private async keepSample(step: number, epoch: number, { queries, classes }: Evaluation): Promise<void> {
    const { run, tracker } = this
    const evaluations = run.spec.epochs / run.spec.evaluation.everyEpochs
    const every = Math.ceil(evaluations / samplesPerRun) * run.spec.evaluation.everyEpochs
    if (epoch % every !== 0 && epoch !== run.spec.epochs) return
    tracker.detail(step, 'classes', classesDetail(epoch, classes, run.dataset.classNames))
    const sample = chooseSample(queries.labels)
    if (sample.length === 0) return
    tracker.detail(step, 'sample', sampleDetail(epoch, queries, sample))
    // One step for all of them, so that a resumed run does not keep them again.
    if (!this.picturesKept)
      tracker.detail(
        0,
        'samplePictures',
        await picturesDetail(
          run.dataset,
          sample.map(i => run.split.test[i]),
        ),
      )
    this.picturesKept = true
  }

  private async evaluate(patient: boolean): Promise<Evaluation | null> {
    const { run, tracker } = this
    tracker.flush()
    const found = await evaluate(
      run.spec,
      run.dataset,
      run.split,
      run.engine,
      { patient, mostThreads: this.context.threads ?? null },
      () => tracker.wish() === 'stop',
    )
    // At the end of an epoch the lesson is still that of the epoch.
    const lesson = lessonOf(run.spec, Math.max(1, this.epoch - 1))
    return found && { ...found, values: { ...found.values, ...heldOutLoss(run.spec, lesson, found.queries) } }
  }

  private async done(early: string | null): Promise<Outcome> {
    const { run, state, tracker } = this
    await this.saveNow()
    const suspects = likelyMislabelled(state.hardEpochs, state.epochsClosed, run.split.train.length)
    if (suspects.length > 0) {
      const named = suspects.map(([index, epochs]) => `${run.dataset.describe(index)} (${epochs})`)
      tracker.milestone(state.step, 'health', words.hardAgainAndAgain(named, state.epochsClosed))
    }
    return { kind: 'done', message: words.done(state, early) }
  }

  /** It is on the disk when this returns. */
  private async saveNow(): Promise<void> {
    await this.save('last')
    await this.written
  }

  private async saveWhenOlderThan(milliseconds: number): Promise<void> {
    if (performance.now() - this.savedAt >= milliseconds) await this.save('last')
  }

  /**
   * Has a checkpoint of this moment written while training goes on. Points first: it must never be ahead of what the store
   * has. One at a time: the best one has to be there before the last one tells of it.
   */
  private async save(name: 'last' | 'best'): Promise<void> {
    const { run, state } = this
    await this.written
    const start = performance.now()
    this.tracker.flush()
    const bytes = encodeCheckpoint({
      engineId: run.engine.id,
      loop: { ...state, minerRandom: this.stepper.randomState },
      sampler: run.input.samplerState(),
      engine: await run.engine.exportState(),
    })
    const now = performance.now()
    const writing = this.writer.write(join(this.context.folder, `${name}.checkpoint`), bytes)
    this.written = writing.then(took => {
      if (name === 'last') this.saveTook = now - start + took
    })
    if (name === 'last') this.savedAt = start
    // Whoever waits for it, at the latest the end of the run, sees that it failed.
    this.written.catch(() => undefined)
  }
}
