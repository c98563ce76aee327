/** Colours and fonts of the editor's theme, read from its variables; the field's own colours come from the same place. */

export interface Theme {
  readonly foreground: string
  readonly muted: string
  readonly grid: string
  readonly background: string
  readonly fontFamily: string
  readonly highContrast: boolean
  color(name: ColorName): string
}

/** Contributed by package.json for light, dark and high-contrast themes: one colour for each thing, everywhere. */
export type ColorName =
  | 'anchor'
  | 'positive'
  | 'negative'
  | 'easy'
  | 'semiHard'
  | 'hard'
  | 'loss'
  | 'margin'
  | 'run1'
  | 'run2'
  | 'run3'
  | 'run4'
  | 'run5'
  | 'run6'
  | 'run7'
  | 'run8'

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const variable = (name: string, fallback: string) => {
    const value = style.getPropertyValue(`--vscode-${name}`).trim()
    return value === '' ? fallback : value
  }
  const foreground = variable('editor-foreground', '#888888')
  // A chart asks for its colours many times in each frame, and each answer of the browser's costs a look at all styles.
  const colors = new Map<ColorName, string>()
  const color = (name: ColorName): string => {
    let known = colors.get(name)
    if (known === undefined) colors.set(name, (known = variable(`tripletLab-${name}`, foreground)))
    return known
  }
  const highContrast = document.body.classList.contains('vscode-high-contrast')
  return {
    foreground,
    muted: highContrast ? foreground : variable('descriptionForeground', foreground),
    grid: withAlpha(foreground, highContrast ? 0.35 : 0.12),
    background: variable('editor-background', '#ffffff'),
    fontFamily: variable('font-family', 'sans-serif'),
    highContrast,
    color,
  }
}

/** Calls back when the user changes the theme. */
export function onThemeChange(callback: () => void): void {
  new MutationObserver(callback).observe(document.body, { attributes: true, attributeFilter: ['class'] })
}

/** The same colour, lighter; accepts #rgb, #rrggbb, #rrggbbaa and rgb(). */
export function withAlpha(color: string, alpha: number): string {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1]
  if (hex === undefined) {
    const parts = /^rgba?\(([^)]+)\)$/.exec(color)?.[1]?.split(/[\s,/]+/)
    return parts === undefined ? color : `rgba(${parts.slice(0, 3).join(', ')}, ${alpha})`
  }
  const wide = hex.length <= 4 ? hex.replace(/./g, '$&$&') : hex
  const channel = (at: number) => Number.parseInt(wide.slice(at, at + 2), 16)
  return `rgba(${channel(0)}, ${channel(2)}, ${channel(4)}, ${alpha})`
}
