import { runColors } from '../../protocol/runColor.ts'
import { type Theme, withAlpha } from '../charts/theme.ts'

/** Eight colours in turn; which class it is, the picture itself says. */
export function classColor(label: number, theme: Theme): string {
  return withAlpha(theme.color(runColors[label % runColors.length]), 0.8)
}
