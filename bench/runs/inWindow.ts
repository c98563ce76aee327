/** What is measured inside the window of VS Code. Each function is sent there as text, so it uses nothing from outside. */

/** Clicks on the icon in the activity bar. @returns milliseconds until the frame after the one with the view's lines */
export function showView(): Promise<number> {
  const icon = document.querySelector('.activitybar a[aria-label^="Triplet Lab"]')
  if (!(icon instanceof HTMLElement)) throw new Error('There is no icon.')
  const start = performance.now()
  for (const type of ['mousedown', 'mouseup', 'click']) icon.dispatchEvent(new MouseEvent(type, { bubbles: true }))
  return new Promise((done, failed) => {
    const look = () => {
      const lines = document.querySelectorAll('.tree-explorer-viewlet-tree-view .monaco-list-row').length
      if (lines > 3) done(performance.now() - start)
      else if (performance.now() - start > 30_000) failed(new Error('The view has no lines.'))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

/** Notes when something is typed into the filter, and when the upper lines changed last; read by `filterTime`. */
export function watchFilter(): void {
  const seen = { typed: 0, changed: 0 }
  Object.assign(window, { filterSeen: seen })
  document.addEventListener('input', () => (seen.typed = performance.now()), true)
  const view = document.querySelector('.tree-explorer-viewlet-tree-view')
  if (view === null) throw new Error('There is no view.')
  // Not the lowest: where the filter is named above the lines a little later, those move out of sight.
  const lines = () =>
    [...view.querySelectorAll<HTMLElement>('.monaco-list-row')]
      .sort((a, b) => a.offsetTop - b.offsetTop)
      .slice(0, 15)
      .map(row => row.textContent)
      .join('\n')
  let before = lines()
  new MutationObserver(() => {
    const now = lines()
    if (now !== before) seen.changed = performance.now()
    before = now
  }).observe(view, { subtree: true, childList: true, characterData: true })
}

/** Milliseconds from the last input to the last change. */
export function filterTime(): number {
  const { filterSeen } = window as unknown as { filterSeen: { typed: number; changed: number } }
  if (filterSeen.changed < filterSeen.typed) throw new Error('Nothing changed.')
  return filterSeen.changed - filterSeen.typed
}
