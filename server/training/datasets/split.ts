import * as l10n from '@vscode/l10n'
import type * as v from 'valibot'
import type { SplitSpec as schema } from '../../../protocol/runSpec.ts'
import { Random } from '../../core/random.ts'
import type { Dataset, Split } from './dataset.ts'
import { DatasetError } from './datasetError.ts'

export type SplitSpec = v.InferOutput<typeof schema>

/**
 * Divides a dataset into a training and a test side. The same dataset, spec and seed give the same sides.
 *
 * - `class`: whole classes are held out, about `test` of them. Classes of one group stay together.
 * - `example`: about `test` of every class; a class with one picture goes to the training side.
 * - With `folds`, both deal into that many parts of about the same size and hold out part `fold`: over all folds every
 *   class (every picture of a class with two or more) is held out exactly once.
 * - `given`: as the dataset itself says; `test` and `seed` play no part.
 *
 * @returns picture indices, ascending on each side; `test` is empty when `spec.test` is 0
 * @throws DatasetError when the dataset has no split of its own, or too few classes to hold any out
 */
export function splitDataset(dataset: Dataset, spec: SplitSpec): Split {
  switch (spec.by) {
    case 'class':
      return sides(dataset, heldOutClasses(dataset, spec))
    case 'example':
      return sides(dataset, heldOutExamples(dataset, spec))
    case 'given': {
      const given = dataset.given
      if (given === null)
        throw new DatasetError(
          'unsupported',
          dataset.name,
          l10n.t('{0} has no split of its own. Set "split.by" to "class" or "example".', dataset.name),
        )
      return sides(dataset, index => given[index] === 1)
    }
  }
}

function sides(dataset: Dataset, isTest: (index: number) => boolean): Split {
  const indices = Int32Array.from(dataset.labels.keys())
  return { train: indices.filter(index => !isTest(index)), test: indices.filter(isTest) }
}

/** At least two classes on each side: with one there is nothing to tell apart. */
const minimumClasses = 2

function heldOutClasses(dataset: Dataset, spec: SplitSpec): (index: number) => boolean {
  const classes = dataset.classNames.length
  const { folds } = spec
  if (folds === undefined && spec.test === 0) return () => false
  if (folds === undefined && spec.test === 1) return () => true
  const units = new Map<number, number[]>()
  for (let label = 0; label < classes; label++) {
    const unit = dataset.classGroups?.[label] ?? label
    const members = units.get(unit)
    if (members) members.push(label)
    else units.set(unit, [label])
  }
  const groups = [...units.values()]
  const order = Int32Array.from(groups.keys())
  Random.fromSeed(spec.seed).fork('split by class').shuffle(order)
  const shuffled = Array.from(order, index => groups[index])
  const held = folds === undefined ? heldShare(shuffled, classes, spec.test) : heldFold(shuffled, folds, foldOf(spec))
  if (held.size < minimumClasses || classes - held.size < minimumClasses)
    throw new DatasetError(
      'unsupported',
      dataset.name,
      l10n.t(
        '{0} has {1} classes: too few to hold whole classes out for the test. Set "split.by" to "example".',
        dataset.name,
        classes,
      ),
    )
  return index => held.has(dataset.labels[index])
}

/** Groups of classes in turn, as long as they fit into the wanted share. */
function heldShare(groups: readonly (readonly number[])[], classes: number, share: number): Set<number> {
  const target = Math.min(classes - minimumClasses, Math.max(minimumClasses, Math.round(share * classes)))
  const held = new Set<number>()
  for (const members of groups) if (held.size + members.length <= target) for (const label of members) held.add(label)
  return held
}

/** Each group of classes goes to the fold that has the fewest so far, the large ones first. */
function heldFold(groups: readonly (readonly number[])[], folds: number, fold: number): Set<number> {
  const parts = Array.from({ length: folds }, (): number[] => [])
  for (const members of groups.toSorted((a, b) => b.length - a.length))
    parts.reduce((least, part) => (part.length < least.length ? part : least)).push(...members)
  return new Set(parts[fold - 1])
}

/** @throws DatasetError when there is no such fold */
function foldOf({ folds = 0, fold = 1 }: SplitSpec): number {
  if (fold >= 1 && fold <= folds) return fold
  throw new DatasetError('unsupported', '', l10n.t('There is no fold {0} of {1}.', fold, folds))
}

function heldOutExamples(dataset: Dataset, spec: SplitSpec): (index: number) => boolean {
  const members: number[][] = dataset.classNames.map(() => [])
  for (const [index, label] of dataset.labels.entries()) members[label].push(index)
  const held = new Set<number>()
  const { folds } = spec
  const fold = folds === undefined ? 0 : foldOf(spec)
  let dealt = 0
  // What rounding takes from one class it gives to the next, so that the sides have the wanted sizes over all.
  let owed = 0
  const random = Random.fromSeed(spec.seed)
  for (const [label, indices] of members.entries()) {
    owed += spec.test * indices.length
    const most = spec.test === 1 ? indices.length : indices.length - 1
    const take = Math.max(0, Math.min(most, Math.round(owed)))
    owed -= take
    const order = Int32Array.from(indices)
    random.fork(`split of class ${label}`).shuffle(order)
    if (folds === undefined) for (const index of order.subarray(0, take)) held.add(index)
    // One after the other to each fold, going on from class to class, so that folds are of one size.
    else if (order.length > 1) for (const index of order) if (dealt++ % folds === fold - 1) held.add(index)
  }
  return index => held.has(index)
}
