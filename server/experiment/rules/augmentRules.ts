/** Changes to pictures that change what they are, or nothing at all. */
import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'

export const augmentRules: readonly Rule[] = [
  {
    code: 'flip-changes-meaning',
    severity: 'warning',
    why: 'A mirrored digit is another sign, or none: the network learns what is not there.',
    *check({ spec: { augment, dataset }, set }) {
      if (!augment.flip || dataset.kind !== 'mnist') return
      yield {
        path: 'augment.flip',
        message: l10n.t('A mirrored digit is no digit. Shift and rotate a little instead.'),
        fixes: set('augment.flip', false),
      }
    },
  },
  {
    code: 'grayscale-of-grey',
    severity: 'warning',
    why: 'Grey pictures have no colour to lose.',
    *check({ spec: { augment }, picture, remove }) {
      if (picture?.channels !== 1) return
      for (const key of ['grayscale', 'recolorClasses'] as const)
        if (augment[key] > 0)
          yield {
            path: `augment.${key}`,
            unnecessary: true,
            message: l10n.t('The pictures are grey already: this changes nothing.'),
            fixes: remove(`augment.${key}`),
          }
    },
  },
  {
    code: 'shift-out-of-picture',
    severity: 'warning',
    why: 'A shift by more than half the picture leaves little of what it shows.',
    *check({ spec: { augment }, picture, set }) {
      if (picture === null || augment.shift <= Math.min(picture.width, picture.height) / 2) return
      yield {
        path: 'augment.shift',
        message: l10n.t(
          'A shift of {0} pixels moves a picture of {1} × {2} out of sight.',
          augment.shift,
          picture.width,
          picture.height,
        ),
        fixes: set('augment.shift', Math.max(1, Math.round(Math.min(picture.width, picture.height) / 8))),
      }
    },
  },
]
