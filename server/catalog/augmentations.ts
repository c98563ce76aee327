/** Seeded changes to training pictures; zero or false switches one off. */
import { fraction, type NumberSetting, type ObjectSetting } from './entry.ts'
import type { AugmentSpec } from '../../protocol/runSpec.ts'
import { papers } from './papers.ts'

const amount = (
  summary: string,
  max: number,
  tries: readonly number[],
  more: Partial<Pick<NumberSetting, 'unit' | 'citation' | 'aliases'>> = {},
): NumberSetting => ({ kind: 'number', integer: false, range: { min: 0, max }, default: 0, summary, tries, ...more })

export const augment: ObjectSetting = {
  kind: 'object',
  summary: 'Random changes to training pictures, repeatable by seed. They make a small dataset larger.',
  aliases: ['augmentation', 'augmentations', 'transforms', 'dataAugmentation'],
  properties: {
    flip: {
      kind: 'boolean',
      default: false,
      summary: 'Mirror left and right, every second picture. Wrong for digits and letters.',
      aliases: ['horizontalFlip', 'hflip', 'mirror'],
    },
    shift: amount('Move each way by up to so many pixels.', 256, [0, 2, 4], {
      unit: 'pixels',
      aliases: ['translate', 'crop', 'randomCrop'],
    }),
    rotate: amount('Turn each way by up to so many degrees.', 180, [0, 10, 15], {
      unit: 'degrees',
      aliases: ['rotation'],
    }),
    zoom: amount('Enlarge or shrink by up to this fraction.', fraction.max, [0, 0.1, 0.2], { aliases: ['scale'] }),
    color: amount('Change brightness and contrast by up to this fraction.', fraction.max, [0, 0.2, 0.4], {
      aliases: ['colour', 'colorJitter', 'brightness'],
    }),
    grayscale: amount('Probability that a picture loses its colour.', fraction.max, [0, 0.2], {
      aliases: ['gray', 'grey', 'greyscale'],
    }),
    erase: amount('Probability that a random rectangle is erased.', fraction.max, [0, 0.25, 0.5], {
      citation: papers.erasing,
      aliases: ['randomErasing', 'cutout'],
    }),
    mirrorClasses: amount(
      'Probability that all pictures of a class in a batch are mirrored alike: one more class to tell apart. Helps with classes never seen in training.',
      fraction.max,
      [0, 0.5],
      { citation: papers.newClasses, aliases: ['flipClasses', 'classFlip'] },
    ),
    turnClasses: amount(
      'Probability that all pictures of a class in a batch are turned alike, by a quarter turn or more; by half a turn where pictures are not square.',
      fraction.max,
      [0, 0.5],
      { citation: papers.newClasses, aliases: ['rotateClasses', 'classRotation'] },
    ),
    recolorClasses: amount(
      'Probability that all pictures of a class in a batch swap red, green and blue alike.',
      fraction.max,
      [0, 0.5],
      { aliases: ['recolourClasses', 'classColor', 'channelShuffle'] },
    ),
    stretchClasses: amount(
      'Stretch and slant all pictures of a class in a batch alike, by up to this fraction.',
      fraction.max,
      [0, 0.25],
      { aliases: ['classStretch', 'shearClasses', 'zoomClasses'] },
    ),
    warpClasses: amount(
      'Bend all pictures of a class in a batch alike, by up to so many pixels here and there.',
      256,
      [0, 2, 4],
      { unit: 'pixels', aliases: ['classWarp', 'bendClasses', 'elastic'] },
    ),
    joinClasses: amount(
      'Probability that all pictures of a class in a batch are cut along the same line and go on with another class there: one more class to tell apart. Helps with classes never seen in training.',
      fraction.max,
      [0, 0.25],
      { citation: papers.cutMix, aliases: ['cutClasses', 'cutMix', 'classCutMix'] },
    ),
  } satisfies Record<keyof AugmentSpec, ObjectSetting['properties'][string]>,
}
