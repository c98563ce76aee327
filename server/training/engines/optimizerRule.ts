/**
 * How weights move: one rule in scalars, which every engine computes in its own kernels.
 *
 * The gradient is clipped first, by the norm over all weights. Weight decay is decoupled for both optimizers (Loshchilov
 * & Hutter, ICLR 2019, arXiv:1711.05101) and pulls at kernels only: it is not part of the gradient, nor of its norm.
 *
 *   g ← g · clip                              clip = min(1, clipNorm / (‖g‖ + 1e-6)), as torch.nn.utils.clip_grad_norm_
 *   w ← w · keep                              keep = 1 − rate · weightDecay for kernels, 1 elsewhere
 *
 *   Adam (Kingma & Ba, ICLR 2015; torch.optim.AdamW): t counts from 1
 *     m ← β₁ m + (1 − β₁) g
 *     v ← β₂ v + (1 − β₂) g²
 *     w ← w − size · m / (√v · root + ε)      size = rate / (1 − β₁ᵗ), root = 1 / √(1 − β₂ᵗ)
 *
 *   SGD with momentum (torch.optim.SGD, dampening 0, not Nesterov)
 *     velocity ← momentum · velocity + g
 *     w ← w − rate · velocity
 *
 * ε is added after the bias correction of the root, as in PyTorch: TF.js's own Adam adds it before, which is not the same.
 */
import type { OptimizerSpec } from '../../../protocol/runSpec.ts'

/** As its paper proposes it: for whoever trains to try something out. */
export const plainAdam = {
  name: 'adam',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
} as const satisfies OptimizerSpec

export type UpdateRule =
  | {
      readonly kind: 'adam'
      readonly keep: number
      readonly beta1: number
      readonly beta2: number
      readonly epsilon: number
      readonly size: number
      readonly root: number
    }
  | { readonly kind: 'sgd'; readonly keep: number; readonly momentum: number; readonly rate: number }

/** The factors of one step. @param step steps taken so far, this one included: the first is 1 */
export function updateRule(optimizer: OptimizerSpec, learningRate: number, step: number): UpdateRule {
  const keep = 1 - learningRate * optimizer.weightDecay
  if (optimizer.name === 'sgd') return { kind: 'sgd', keep, momentum: optimizer.momentum, rate: learningRate }
  const { beta1, beta2, epsilon } = optimizer
  const size = learningRate / (1 - beta1 ** step)
  return { kind: 'adam', keep, beta1, beta2, epsilon, size, root: 1 / Math.sqrt(1 - beta2 ** step) }
}

/** What a gradient of this norm is multiplied by. */
export function clipFactor(norm: number, clipNorm: number | null): number {
  return clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + 1e-6))
}

/**
 * Where Adam's moments stop being numbers worth having: below this they are set to zero. As a loss reaches 0 they would
 * fade through the denormals, with which processors are five times slower.
 */
export const tiniest = 1e-30
