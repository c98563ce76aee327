/** Networks that do not fit their pictures. */
import * as l10n from '@vscode/l10n'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import { count } from '../../../protocol/words.ts'
import type { Choice } from '../../catalog/entry.ts'
import { engines as catalog } from '../../catalog/engines.ts'
import type { ExperimentContext, PictureShape } from '../context.ts'
import { suggest } from '../suggest.ts'
import type { Rule } from './rule.ts'

/** Beyond this, papers see no gain (Musgrave et al. 2020 use 128; FaceNet's own table flattens there). */
const mostUseful = 512

/** As many of the filters as fit, each of which halves the picture; none where that is not what is wrong. */
function fewerFilters(spec: RunSpec, picture: PictureShape, { network }: ExperimentContext): number[][] {
  if (!('filters' in spec.model)) return []
  for (let kept = spec.model.filters.length - 1; kept > 0; kept--) {
    const filters = spec.model.filters.slice(0, kept)
    if (network?.({ ...spec, model: { ...spec.model, filters } }, picture).kind === 'network') return [filters]
  }
  return []
}

export const modelRules: readonly Rule[] = [
  {
    code: 'model-does-not-fit',
    severity: 'error',
    why: 'Each pooling and each unpadded convolution makes the picture smaller, until nothing is left of it.',
    *check({ spec, picture, context, written, set }) {
      if (picture === null) return
      const network = context.network?.(spec, picture)
      if (network?.kind !== 'impossible') return
      const path = ['model.filters', 'model.layers', 'image.size'].find(one => written(one) !== null) ?? 'model'
      yield {
        path,
        message: l10n.t(
          'The network does not fit pictures of {0} × {1}: {2}',
          picture.width,
          picture.height,
          network.why,
        ),
        fixes: fewerFilters(spec, picture, context).flatMap(filters => set('model.filters', filters)),
      }
    },
  },
  {
    code: 'embedding-too-large',
    severity: 'warning',
    why: 'Embeddings beyond 512 numbers cost time and memory and have not been seen to help.',
    *check({ spec: { model }, set }) {
      if (model.embeddingSize <= mostUseful) return
      yield {
        path: 'model.embeddingSize',
        message: l10n.t(
          '{0} numbers in an embedding are more than useful. 64 to {1} are usual.',
          model.embeddingSize,
          mostUseful,
        ),
        fixes: set('model.embeddingSize', 128),
      }
    },
  },
  {
    code: 'embedding-larger-than-picture',
    severity: 'warning',
    why: 'An embedding with more numbers than the picture has pixels cannot hold more than the picture itself.',
    *check({ spec: { model }, picture, set }) {
      if (picture === null) return
      const pixels = picture.height * picture.width * picture.channels
      if (model.embeddingSize <= pixels || model.embeddingSize > mostUseful) return
      yield {
        path: 'model.embeddingSize',
        message: l10n.t(
          'An embedding of {0} numbers is larger than the picture ({1} values).',
          model.embeddingSize,
          count(pixels),
        ),
        fixes: set('model.embeddingSize', Math.max(2, 2 ** Math.floor(Math.log2(pixels / 2)))),
      }
    },
  },
  {
    code: 'embedding-one-number',
    severity: 'error',
    why: 'On the unit sphere one number is only 1 or −1: there are two points for all classes.',
    *check({ spec: { model, loss }, set }) {
      if (model.embeddingSize > 1 || (!loss.normalize && loss.distance !== 'cosine')) return
      yield {
        path: 'model.embeddingSize',
        message: l10n.t('One number on the unit sphere is either 1 or −1: only two places for all classes.'),
        fixes: set('model.embeddingSize', 64),
      }
    },
  },
  {
    code: 'image-enlarged',
    severity: 'information',
    why: 'Enlarging pictures beyond their own size costs time and adds nothing.',
    *check({ spec: { image }, dataset, remove }) {
      const own = dataset?.kind === 'known' ? dataset.shape : null
      if (image.size === null || own === null || image.size <= Math.max(own.width, own.height)) return
      yield {
        path: 'image.size',
        message: l10n.t(
          'The pictures are {0} × {1}: enlarging them to {2} costs time and adds nothing.',
          own.width,
          own.height,
          image.size,
        ),
        fixes: remove('image.size'),
      }
    },
  },
  {
    code: 'image-no-colour',
    severity: 'information',
    why: 'Grey pictures have no colour to give; three equal channels only cost time.',
    *check({ spec: { image }, dataset, set }) {
      const own = dataset?.kind === 'known' ? dataset.shape : null
      if (image.channels !== 3 || own?.channels !== 1) return
      yield {
        path: 'image.channels',
        message: l10n.t('The pictures are grey: three channels would hold the same thing three times.'),
        fixes: set('image.channels', 1),
      }
    },
  },
  {
    code: 'engine-unknown',
    severity: 'error',
    why: 'A run only ever uses the engine that is named, never another in its place, so the name has to be right.',
    *check({ spec: { engine }, context: { engines }, set }) {
      if (engines === undefined || engine === 'auto' || engines.includes(engine)) return
      const meant = suggest(
        engine,
        Object.entries(catalog).map(([id, { aliases }]: [string, Choice]) => [id, aliases ?? []] as const),
      )
      const known = ['auto', ...engines].join(', ')
      yield {
        path: 'engine',
        message:
          meant === null
            ? l10n.t('There is no engine "{0}". There are: {1}.', engine, known)
            : l10n.t('There is no engine "{0}". Did you mean "{1}"?', engine, meant),
        fixes: set('engine', meant ?? 'auto'),
      }
    },
  },
]
