/** Whether people who see fewer colours can tell those apart that stand side by side, and whether all of them can be seen. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly contributes: { readonly colors: readonly { readonly id: string; readonly defaults: Record<Kind, string> }[] }
}
type Kind = 'light' | 'dark' | 'highContrast' | 'highContrastLight'
type Triple = readonly [number, number, number]

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const colors = new Map(contributes.colors.map(({ id, defaults }) => [id.replace('tripletLab.', ''), defaults]))
const backgrounds: Record<Kind, string> = {
  light: '#ffffff',
  dark: '#1f1f1f',
  highContrast: '#000000',
  highContrastLight: '#ffffff',
}

/** What the eye makes of linear RGB; Machado, Oliveira, Fernandes, IEEE TVCG 2009, severity 1. */
const eyes: Record<string, readonly Triple[]> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const times = (rows: readonly Triple[], by: Triple) =>
  rows.map(row => row[0] * by[0] + row[1] * by[1] + row[2] * by[2]) as unknown as Triple

function linear(hex: string): Triple {
  return [1, 3, 5].map(at => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as unknown as Triple
}

function lab(rgb: Triple): Triple {
  const clipped = rgb.map(value => Math.min(1, Math.max(0, value))) as unknown as Triple
  const [x, y, z] = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    clipped,
  )
  const f = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

/** CIE76; 2 is just noticeable side by side. */
function difference(a: string, b: string, eye: readonly Triple[]): number {
  const [p, q] = [a, b].map(hex => lab(times(eye, linear(hex))))
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

function contrast(a: string, b: string): number {
  const [dark, light] = [a, b].map(hex => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0]).sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

describe.each(Object.keys(backgrounds) as Kind[])('colours on %s', kind => {
  const hex = (name: string) => colors.get(name)?.[kind] ?? ''

  test.each([
    { group: ['easy', 'semiHard', 'hard'], least: 30 },
    { group: ['anchor', 'positive', 'negative'], least: 25 },
    { group: ['positive', 'negative', 'margin'], least: 25 },
    { group: ['run1', 'run2', 'run3', 'run4', 'run5', 'run6', 'run7', 'run8'], least: 20 },
  ])('$group can be told apart by every eye', ({ group, least }) => {
    for (const [eye, matrix] of Object.entries(eyes))
      for (const [i, a] of group.entries())
        for (const b of group.slice(i + 1))
          expect(difference(hex(a), hex(b), matrix), `${a} and ${b} for a ${eye}`).toBeGreaterThan(least)
  })

  test('each stands out from the background', () => {
    for (const name of colors.keys()) expect(contrast(hex(name), backgrounds[kind]), name).toBeGreaterThan(3)
  })
})
