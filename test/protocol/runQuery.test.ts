import { describe, expect, test } from 'vitest'
import type { RunRow } from '../../protocol/runEvent.ts'
import { parseQuery } from '../../protocol/runQuery.ts'
import { runRow } from '../webview/fixtures.ts'

const summary = (value: number) => ({ last: value, lastStep: 1, min: value, minStep: 1, max: value, maxStep: 1 })
const run = runRow({
  name: 'semi-hard α 0.2',
  tags: ['paper'],
  star: true,
  notes: 'after the fix',
  status: 'done',
  summaries: { 'test/recallAt1': summary(0.81), loss: summary(0.05) },
})

function passes(query: string, one: RunRow = run): boolean {
  const parsed = parseQuery(query)
  if (parsed.kind !== 'ok') throw new Error(`not understood: ${parsed.term}`)
  return parsed.test(one)
}

describe('a query over runs', () => {
  test.each([
    '',
    'miner:semi-hard margin>0.1 R@1>0.8 tag:paper',
    'margin=0.2',
    'loss<0.1',
    'status:done star:yes',
    'mining.strategy=semi-hard',
    'epochs<=2 seed!=3',
    'fix',
    '"α 0.2"',
    '-tag:draft -miner:batch',
    'dataset:emoji p=8 k>=4',
    'name:"semi-hard α"',
  ])('%s lets the run pass', query => expect(passes(query)).toBe(true))

  test.each(['miner:batch-hard', 'margin>0.2', 'R@1>0.9', 'MAP@R>0', 'tag:draft', '-tag:paper', 'nothing', 'star:no'])(
    '%s does not',
    query => expect(passes(query)).toBe(false),
  )

  test.each(['colour:red', 'margin>', 'foo.bar=1 margin>0.1'])('%s is not understood where it cannot be', query => {
    const parsed = parseQuery(query)
    // An operator without a value is a word like any other.
    if (query === 'margin>') expect(parsed.kind).toBe('ok')
    else expect(parsed).toEqual({ kind: 'wrong', term: query.split(' ')[0] })
  })
})
