import { describe, expect, test } from 'vitest'
import { goldenFiles, ownVectors, tryFile } from './folder.ts'

describe('reference vectors of pytorch-metric-learning and scikit-learn', () => {
  const files = goldenFiles(ownVectors)

  test('are all there', () => {
    expect(files.length).toBeGreaterThanOrEqual(84)
  })

  test.each(files)('%s', file => {
    expect(tryFile(ownVectors, file, 'double')).toMatchObject({ kind: 'passed', file })
    expect(tryFile(ownVectors, file, 'single')).toMatchObject({ kind: 'passed', file })
  })
})
