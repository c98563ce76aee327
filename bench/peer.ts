/** Waits for turns, works, and answers: the other end of a `Contender`. */
import { createInterface } from 'node:readline'

/** Steps before the first turn, where they are short: what is compiled as it is used is then as fast as it gets. */
const warmUp = 5
const longestWarmUp = 1000

/**
 * Prints what a contender prints before its first turn, and then takes turns until nobody asks any more.
 * @param more what else is said of a turn, see `Turn`
 */
export async function takeTurns(label: string, step: () => unknown, more: () => object = () => ({})): Promise<void> {
  await step()
  console.log('first step')
  const warm = performance.now() + longestWarmUp
  for (let i = 0; i < warmUp && performance.now() < warm; i++) await step()
  console.log(JSON.stringify({ label }))
  for await (const line of createInterface({ input: process.stdin })) {
    const end = performance.now() + Number(line) * 1000
    const steps: number[] = []
    do {
      const start = performance.now()
      await step()
      steps.push(performance.now() - start)
    } while (performance.now() < end)
    console.log(JSON.stringify({ steps, peakMegabytes: process.resourceUsage().maxRSS / 1024, ...more() }))
  }
}
