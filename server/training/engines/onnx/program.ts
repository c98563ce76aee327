/**
 * A network as one thread runs it: a list of operations, each with the addresses of its gradients. Building a program
 * touches no memory, so that the same code plans how much is needed.
 */
import { assertNever } from '../../../../protocol/assertNever.ts'
import type { Layer, Network } from '../../models/network.ts'
import { type Activation, type MapActivation, shapesOf, sizeOf } from '../../models/shapes.ts'
import { type Geometry, geometry } from './geometry.ts'
import { Pool } from './memory.ts'
import { batchNorm } from './operations/batchNorm.ts'
import { convolution } from './operations/convolution.ts'
import { dense } from './operations/dense.ts'
import { depthwise } from './operations/depthwise.ts'
import type { Operation, Pass, Rectifier, Value, Workbench } from './operations/operation.ts'
import { dropout, rectify } from './operations/pointwise.ts'
import { averagePool, globalAveragePool, maxPool } from './operations/pooling.ts'
import { type Saved, add, save } from './operations/residual.ts'
import { unitSphere } from './operations/unitSphere.ts'

export interface Program {
  /** Where this thread's pictures go. */
  readonly input: Value
  /** Where its embeddings come out, and where their gradient is expected. */
  readonly output: Value
  readonly outputGradient: number
  forward(pass: Pass): void
  /** What threads can do while the first one mines. */
  prepare(pass: Pass): void
  backward(pass: Pass): void
  /** What is left of the way back once every thread has come this far. */
  finish(pass: Pass): void
}

interface Step {
  readonly operation: Operation
  /** An operation that trains, or that stands behind one: gradients must come through. */
  readonly reached: boolean
  /** Whether somebody needs the gradient of its input. */
  readonly inputReached: boolean
  readonly inputSize: number
  /** Filled by the plan of the way back. */
  dy: number
  dx: number
}

export function buildProgram(bench: Workbench, network: Network): Program {
  const { input: shape, after } = shapesOf(network)
  const pool = new Pool(bench.arena)
  const input: Value = { address: bench.arena.floats(bench.images * sizeOf(shape)), size: sizeOf(shape) }
  const saves = new Map<string, { readonly saved: Saved; readonly shape: Activation; readonly reached: boolean }>()
  const skips = new Map<Operation, number>()
  const steps: Step[] = []
  let value = input
  let reached = false

  for (let i = 0; i < network.layers.length; i++) {
    const layer = network.layers[i]
    const before = after[i - 1] ?? shape
    const rectifier = rectifies(layer) ? rectifierOf(network.layers[i + 1]) : null
    const fused = rectifier ? 1 : 0
    const pool = layer.type === 'conv' ? poolOf(network.layers[i + fused + 1], after[i]) : null
    const inputReached = reached
    let skip = 0
    let operation: Operation | null
    if (layer.type === 'save') {
      const saved: Saved = { value, gradients: [] }
      saves.set(layer.as, { saved, shape: before, reached })
      operation = save(bench, saved)
    } else if (layer.type === 'add') {
      const from = saves.get(layer.from)
      if (!from) throw new Error(`Nothing was saved as "${layer.from}".`)
      const { project } = layer
      const projection = project
        ? convolution(
            bench,
            from.saved.value,
            { name: project.name, filters: project.filters, bias: false },
            geometry(mapOf(from.shape), 1, project.stride, 'same'),
            null,
            null,
          )
        : null
      if (from.reached) {
        skip = bench.arena.floats(bench.images * from.saved.value.size)
        from.saved.gradients.push(skip)
      }
      reached ||= from.reached || projection !== null
      operation = add(bench, value, from.saved, projection, skip, rectifier)
      if (skip !== 0) skips.set(operation, skip)
    } else operation = operationOf(bench, layer, i, value, before, rectifier, pool)
    reached ||= 'name' in layer
    if (!operation) continue
    steps.push({ operation, reached, inputReached, inputSize: value.size, dy: 0, dx: 0 })
    value = operation.output
    i += fused + (pool ? 1 : 0)
  }

  // The way back: a gradient's buffer is free again as soon as the operation behind it has read it.
  const outputGradient = pool.take(bench.images * value.size)
  let gradient = outputGradient
  for (const step of steps.toReversed()) {
    if (!step.reached) break
    step.dy = gradient
    if (!step.inputReached) continue
    step.dx = step.operation.inPlace ? gradient : pool.take(bench.images * step.inputSize)
    if (step.dx !== gradient) pool.give(gradient)
    gradient = step.dx
  }
  for (const scratch of [bench.columns, bench.planes, bench.beforePool, bench.partial]) scratch.place(bench.arena)

  return {
    input,
    output: value,
    outputGradient,
    forward(pass) {
      for (const { operation } of steps) operation.forward(pass)
    },
    prepare(pass) {
      for (const { operation, reached } of steps) if (reached) operation.prepare?.(pass)
    },
    backward(pass) {
      for (let i = steps.length - 1; i >= 0; i--) {
        const step = steps[i]
        if (step.reached) step.operation.backward(pass, step.dy, step.dx)
      }
    },
    finish(pass) {
      // Backwards: weights move from the first layer on, whose gradient is then the last to have come into the cache.
      for (let i = steps.length - 1; i >= 0; i--) if (steps[i].reached) steps[i].operation.finish?.(pass)
    },
  }
}

/** Layers that can apply the rectifier behind them while their output is still in the cache. */
function rectifies(layer: Layer): boolean {
  return ['dense', 'conv', 'depthwise', 'batch-norm', 'add'].includes(layer.type)
}

function rectifierOf(layer: Layer | undefined): Rectifier | null {
  switch (layer?.type) {
    case 'relu':
      return { slope: 0, cap: Infinity }
    case 'leaky-relu':
      return { slope: layer.slope, cap: Infinity }
    case 'relu6':
      return { slope: 0, cap: 6 }
    default:
      return null
  }
}

/** A max pooling that can be part of the convolution before it. */
function poolOf(layer: Layer | undefined, before: Activation): Geometry | null {
  if (layer?.type !== 'max-pool') return null
  return geometry(mapOf(before), layer.size, layer.stride, layer.padding)
}

function mapOf(activation: Activation): MapActivation {
  if (activation.kind === 'flat') throw new Error('This layer needs a picture.')
  return activation
}

/** `null` for a layer that only gives the same numbers another shape. */
function operationOf(
  bench: Workbench,
  layer: Exclude<Layer, { type: 'save' | 'add' }>,
  index: number,
  x: Value,
  before: Activation,
  rectifier: Rectifier | null,
  pool: Geometry | null,
): Operation | null {
  switch (layer.type) {
    case 'dense':
      return dense(bench, x, layer, rectifier)
    case 'conv':
      return convolution(
        bench,
        x,
        layer,
        geometry(mapOf(before), layer.kernelSize, layer.stride, layer.padding),
        rectifier,
        pool,
      )
    case 'depthwise':
      return depthwise(
        bench,
        x,
        layer,
        geometry(mapOf(before), layer.kernelSize, layer.stride, layer.padding),
        rectifier,
      )
    case 'batch-norm':
      return batchNorm(bench, x, layer, before.kind === 'map' ? before.channels : before.size, rectifier)
    case 'relu':
    case 'leaky-relu':
    case 'relu6':
      return rectify(bench, x, rectifierOf(layer) ?? { slope: 1, cap: Infinity })
    case 'max-pool':
      return maxPool(bench, x, geometry(mapOf(before), layer.size, layer.stride, layer.padding))
    case 'average-pool':
      return averagePool(bench, x, geometry(mapOf(before), layer.size, layer.stride, layer.padding))
    case 'global-average-pool':
      return globalAveragePool(bench, x, mapOf(before))
    case 'flatten':
      return null
    case 'dropout':
      return layer.rate > 0 ? dropout(bench, x, index, layer.rate) : null
    case 'l2-normalize':
      return unitSphere(bench, x)
    default:
      return assertNever(layer)
  }
}
