/** What every part of the panel can reach: the run, the settings, the theme, and the way out. */
import type { FromPanel, PanelState } from '../../protocol/panel.ts'
import type { Theme } from '../charts/theme.ts'
import type { PanelModel } from './model.ts'

export interface Page {
  readonly model: PanelModel
  readonly settings: PanelState
  readonly theme: Theme
  send(message: FromPanel): void
  /** Changes settings, keeps them over a reload, and draws again. */
  change(settings: Partial<PanelState>): void
  /** Draws again soon. */
  redraw(): void
}
