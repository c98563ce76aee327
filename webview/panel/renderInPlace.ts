/** Draws a page whose lists may be in another order than before. */
import { render, type TemplateResult } from 'lit'

/** What has the focus keeps it: an element that is moved to another place of the page would lose it. */
export function renderInPlace(page: TemplateResult, root: HTMLElement): void {
  const focused = document.activeElement
  render(page, root)
  // Where somebody writes in an editor beside the page, the focus is theirs.
  if (focused === document.activeElement || !root.contains(focused) || !document.hasFocus()) return
  if (focused instanceof HTMLElement || focused instanceof SVGElement) focused.focus({ preventScroll: true })
}
