/** The text editor of a window: the cursor, what is drawn around it, and what the file then holds. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { EditorWindow } from './editorWindow.ts'

export class CodeEditor {
  readonly #window: EditorWindow
  readonly #file: string

  private constructor(window: EditorWindow, file: string) {
    this.#window = window
    this.#file = file
  }

  /** Writes the file into the workspace and opens it. */
  static async open(window: EditorWindow, name: string, text: string): Promise<CodeEditor> {
    const editor = new CodeEditor(window, join(window.workspace, name))
    await writeFile(join(window.workspace, name), text)
    await window.openFile(name)
    return editor
  }

  get #page(): Page {
    return this.#window.page
  }

  /** Puts the cursor into the first place where the file on the disk has `part`, behind so many of its characters. */
  async cursorIn(part: string, characters = 1): Promise<void> {
    const text = await readFile(this.#file, 'utf8')
    const offset = text.indexOf(part)
    if (offset < 0) throw new Error(`There is no ${part} in ${text}`)
    const before = text.slice(0, offset + characters).split('\n')
    await this.#page.keyboard.press('Control+G')
    const input = this.#page.locator('.quick-input-widget input').first()
    await input.fill(`:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`)
    await input.press('Enter')
    await this.#page.locator('.quick-input-widget').waitFor({ state: 'hidden' })
  }

  /** What is drawn of the text, with hints between the words and code lenses left out. */
  get lines(): Locator {
    return this.#page.locator('.editor-instance .view-lines').first()
  }

  squiggle(severity: 'error' | 'warning' | 'info'): Locator {
    return this.#page.locator(`.editor-instance .squiggly-${severity}`).first()
  }

  /** Opens the light bulb at the cursor. */
  async lightBulb(): Promise<Locator> {
    const menu = this.#page.locator('.action-widget')
    await this.#until(menu.locator('.monaco-list-row').first(), ['Control+.'])
    return menu
  }

  /** Presses keys until something shows: while the server is busy, an editor lets a key pass without a word. */
  async #until(shown: Locator, keys: readonly string[]): Promise<void> {
    for (let i = 0; ; i++) {
      for (const key of keys) await this.#page.keyboard.press(key)
      try {
        await shown.waitFor({ timeout: 5_000 })
        return
      } catch (error) {
        if (i === 5) throw error
      }
    }
  }

  /** Takes what the light bulb offers under a title that contains this. */
  async takeAction(title: string): Promise<void> {
    const menu = await this.lightBulb()
    await menu.locator('.monaco-list-row.action', { hasText: title }).first().click()
  }

  /** Shows the hover at the cursor. */
  async hover(): Promise<Locator> {
    const hover = this.#page.locator('.monaco-hover:not(.hidden)').first()
    await this.#until(hover.locator('.hover-contents').first(), ['Control+K', 'Control+I'])
    return hover
  }

  /** Opens the suggestions at the cursor. */
  async suggestions(): Promise<Locator> {
    const widget = this.#page.locator('.suggest-widget.visible')
    await this.#until(widget.locator('.monaco-list-row').first(), ['Control+Space'])
    return widget
  }

  /** Saves, and returns what then lies on the disk. */
  async saved(): Promise<string> {
    await this.#page.keyboard.press('Control+S')
    await this.#page.locator('.tab.active:not(.dirty)').first().waitFor({ timeout: 20_000 })
    return readFile(this.#file, 'utf8')
  }
}
