/** What was found by looking at every picture (contactSheets.ts draws them): drawings that do not show their emoji. */
import type { Vendor } from './icons.ts'

/** Icons that are left out, and why. */
export const wrongDrawings: readonly { readonly vendor: Vendor; readonly icon: string; readonly why: string }[] = [
  { vendor: 'fxemoji', icon: 'heartblue', why: 'cut off: only a corner is drawn' },
  { vendor: 'fxemoji', icon: 'tramcar', why: 'drawn as a black shape' },
  { vendor: 'fxemoji', icon: 'fog', why: 'too faint to see' },
  { vendor: 'fxemoji', icon: 'keyboard', why: 'a piano, not a computer keyboard' },
  { vendor: 'fxemoji', icon: 'window', why: 'a window on a screen, not in a wall' },
  { vendor: 'fxemoji', icon: 'smallbluediamond', why: 'as large as the large one' },
  { vendor: 'fxemoji', icon: 'smallorangediamond', why: 'as large as the large one' },
  { vendor: 'streamline-emojis', icon: 'turkey', why: 'the country, not the bird' },
  { vendor: 'noto-v1', icon: 'vibration-mode', why: 'a phone beside a crossed-out note' },
]

/** Code points that change only the skin, stand for a country, or are parts of other emoji. */
function isVariant(unicode: string): boolean {
  return unicode.split('-').some(point => {
    const code = Number.parseInt(point, 16)
    const skinTone = code >= 0x1f3fb && code <= 0x1f3ff
    const regionalIndicator = code >= 0x1f1e6 && code <= 0x1f1ff
    return skinTone || regionalIndicator || code >= 0xe0000
  })
}

/** Whether an emoji may become a class: skin tones and country flags are near-duplicates by the hundred. */
export function isClass(unicode: string): boolean {
  return !isVariant(unicode)
}
