/**
 * The shapes of a catalog entry. Everything that users can write in an experiment file is described once, here and in the
 * files beside this one; the JSON schema, completion, hover, diagnostics, the docs tables and the command line's help
 * are made from it. Texts are English; whoever shows one passes it through `l10n.t`.
 */

export interface Citation {
  readonly paper: string
  readonly section?: string
  readonly url: string
}

/** What a person wants to know of a setting or of one of its values. */
export interface Documentation {
  /** One or two short sentences. */
  readonly summary: string
  readonly formula?: string
  readonly citation?: Citation
}

/** One value of a choice, or one option of a variant. */
export interface Choice extends Documentation {
  /** Other words for it, as other tools and papers say. */
  readonly aliases?: readonly string[]
}

interface Common extends Documentation {
  /** Other names of this key, as other tools and papers say. */
  readonly aliases?: readonly string[]
  /** A short sign for it in names of runs: `α`, `lr`. */
  readonly symbol?: string
  /** Left out, it stays absent: no default is written out for it. */
  readonly optional?: boolean
}

/** Both ends belong to the range unless `open` says otherwise. */
export interface Range {
  readonly min: number
  readonly max: number
  /** Which ends are outside the range. */
  readonly open?: 'min' | 'max' | 'both'
}

/** A default of `null` means what `whenNull` says; a missing default makes the setting required. */
export interface NumberSetting extends Common {
  readonly kind: 'number'
  readonly integer: boolean
  readonly range: Range
  /** For numbers outside the range: a code of its own, and what is wrong with them. */
  readonly outside?: { readonly code: string; readonly why: string }
  /** The only numbers allowed, where the range alone does not say it. */
  readonly only?: readonly number[]
  readonly default?: number | null
  readonly whenNull?: string
  readonly unit?: string
  /** Values worth trying, for completion and for turning the value into a sweep. */
  readonly tries?: readonly number[]
  /** Its ratios matter, not its differences: sweeps space it evenly on a logarithmic scale. */
  readonly logarithmic?: boolean
}

export interface BooleanSetting extends Common {
  readonly kind: 'boolean'
  readonly default: boolean
}

export interface ChoiceSetting extends Common {
  readonly kind: 'choice'
  readonly choices: Readonly<Record<string, Choice>>
  readonly default?: string
  /** Choices worth comparing; all of them when left out. */
  readonly tries?: readonly string[]
}

export interface TextSetting extends Common {
  readonly kind: 'text'
  readonly default?: string
  /** A path, relative to the experiment file. */
  readonly path?: 'folder' | 'file'
}

export interface ListSetting extends Common {
  readonly kind: 'list'
  readonly item: Setting
  readonly minItems: number
  readonly default?: readonly Json[]
}

export interface ObjectSetting extends Common {
  readonly kind: 'object'
  readonly properties: Readonly<Record<string, Setting>>
}

/** An object whose `tag` says which other properties it has. The tag's value alone, as a string, is short for the object. */
export interface VariantSetting extends Common {
  readonly kind: 'variant'
  readonly tag: string
  readonly options: Readonly<Record<string, Option>>
  readonly default?: string
  /** Options worth comparing; all that need no settings of their own when left out. */
  readonly tries?: readonly string[]
}
export interface Option extends Choice {
  readonly properties: Readonly<Record<string, Setting>>
}

/** An object with exactly one of these keys. A string is short for the first. */
export interface OneOfSetting extends Common {
  readonly kind: 'oneOf'
  readonly properties: Readonly<Record<string, Setting>>
}

export type Setting =
  | NumberSetting
  | BooleanSetting
  | ChoiceSetting
  | TextSetting
  | ListSetting
  | ObjectSetting
  | VariantSetting
  | OneOfSetting

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export function inRange(value: number, range: Range): boolean {
  const aboveMin = range.open === 'min' || range.open === 'both' ? value > range.min : value >= range.min
  const belowMax = range.open === 'max' || range.open === 'both' ? value < range.max : value <= range.max
  return aboveMin && belowMax && Number.isFinite(value)
}

/** The range in words: `greater than 0`, `0 to 1`, `at least 2`. English; short enough to be a key of the bundle. */
export function describeRange(setting: NumberSetting): string {
  const { min, max, open } = setting.range
  const minOpen = open === 'min' || open === 'both'
  const maxOpen = open === 'max' || open === 'both'
  if (max === Infinity) return minOpen ? `> ${min}` : `≥ ${min}`
  if (min === -Infinity) return maxOpen ? `< ${max}` : `≤ ${max}`
  return `${minOpen ? '>' : '≥'} ${min}, ${maxOpen ? '<' : '≤'} ${max}`
}

export const positive: Range = { min: 0, max: Infinity, open: 'min' }
export const nonNegative: Range = { min: 0, max: Infinity }
export const fraction: Range = { min: 0, max: 1 }
/** Counts of things. The upper end only keeps typing mistakes from filling the memory. */
export const count: Range = { min: 1, max: 1_000_000 }
