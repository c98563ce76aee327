import { describe, expect, test } from 'vitest'
import { metricIds } from '../../protocol/metrics.ts'
import { axisNumber, count, duration, metricName, metricValue, percent, significant } from '../../protocol/words.ts'

describe('numbers', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567.4, '1,234,567'],
    [-1234, '-1,234'],
  ])('count %d', (value, text) => expect(count(value)).toBe(text))

  test.each([
    [0, '0'],
    [0.12345, '0.123'],
    [1.5, '1.50'],
    [12345, '12,345'],
    [0.00012, '1.2e-4'],
    [1234567, '1.23e6'],
    [-0.5, '−0.500'],
  ])('significant %d', (value, text) => expect(significant(value)).toBe(text))

  test.each([
    [0, '0 %'],
    [0.0123, '1.2 %'],
    [0.5, '50 %'],
  ])('percent %d', (value, text) => expect(percent(value)).toBe(text))

  test.each([
    [0, '0'],
    [0.05, '0.05'],
    [1e-5, '1e-5'],
    [250000, '2.5e5'],
  ])('axis %d', (value, text) => expect(axisNumber(value)).toBe(text))

  test.each([
    [0, '0:00'],
    [41_000, '0:41'],
    [725_000, '12:05'],
    [12_007_000, '3:20:07'],
  ])('duration %d', (value, text) => expect(duration(value)).toBe(text))
})

test('every metric has a name of its own', () => {
  const names = metricIds.map(metricName)
  expect(new Set(names).size).toBe(names.length)
  expect(metricName('own/metric')).toBe('own/metric')
})

test('values read as their kind does', () => {
  expect(metricValue('easy', 0.25)).toBe('25 %')
  expect(metricValue('test/recallAt1', 0.51234)).toBe('0.512')
  expect(metricValue('imagesPerSecond', 812.3)).toBe('812')
  expect(metricValue('loss', NaN)).toBe('–')
})
