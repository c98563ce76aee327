import type { SetInfo } from './icons.ts'

const texts: Readonly<Record<string, string>> = {
  'Apache-2.0': 'https://www.apache.org/licenses/LICENSE-2.0',
  MIT: 'https://opensource.org/license/mit',
  'CC-BY-4.0': 'https://creativecommons.org/licenses/by/4.0/',
}

/** Who drew what, under which licence, and what was changed: what the licences ask to be said. */
export function notice(sets: readonly (SetInfo & { readonly id: string })[]): string {
  const entries = sets.map(({ id, name, author, license }) =>
    [
      `${name} (${id})`,
      `  by ${author.name}${author.url === undefined ? '' : `, ${author.url}`}`,
      `  licence: ${license.spdx}, ${license.url}`,
      `  text of the licence: ${texts[license.spdx]}`,
    ].join('\n'),
  )
  return `The pictures in emoji.bin are drawings by the authors below, taken from the packages @iconify-json/… and changed:
drawn at 32 × 32 pixels on white. The licences are theirs; the authors do not endorse this use.

${entries.join('\n\n')}

MIT License (Fluent Emoji), Copyright (c) Microsoft Corporation.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`
}
