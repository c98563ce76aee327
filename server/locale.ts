/** The language that server processes and the command line speak: the editor's, else the terminal's. */
import * as l10n from '@vscode/l10n'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Loads the translations; English needs none. Processes started from here speak the same language.
 *
 * @param locale as the editor says it (`zh-cn`); else TRIPLET_LAB_LOCALE, or LC_ALL, LC_MESSAGES or LANG (`zh_CN.UTF-8`)
 */
export function configureLocale(locale = localeOfEnvironment()): void {
  process.env['TRIPLET_LAB_LOCALE'] = locale
  const name = locale.split('.')[0]?.replace('_', '-').toLowerCase() ?? ''
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'l10n', `bundle.l10n.${name}.json`)
  if (/^[a-z-]+$/.test(name) && existsSync(file)) l10n.config({ contents: readFileSync(file, 'utf8') })
}

function localeOfEnvironment(): string {
  const { TRIPLET_LAB_LOCALE, LC_ALL, LC_MESSAGES, LANG } = process.env
  return [TRIPLET_LAB_LOCALE, LC_ALL, LC_MESSAGES, LANG].find(value => value) ?? 'en'
}
