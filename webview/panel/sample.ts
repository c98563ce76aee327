/** The held-out sample as the embedding and verification tabs use it: pictures, classes, and codes at the epoch shown. */
import type { PicturesDetail, SampleDetail } from '../../protocol/details.ts'
import { floatsOf } from '../data/base64.ts'
import type { Codes } from '../embedding/distance.ts'
import { Album } from '../pictures/album.ts'
import type { Details } from './details.ts'

export interface Sample {
  readonly step: number
  readonly epoch: number
  readonly codes: Codes
  readonly album: Album
}

export class SampleReader {
  readonly #albums = new WeakMap<PicturesDetail, Album>()
  readonly #samples = new WeakMap<SampleDetail, Sample>()

  /** The same object as long as the same epoch is shown. */
  read(details: Details): Sample | undefined {
    const pictures = details.shown('samplePictures')
    const sample = details.shown('sample')
    if (pictures === undefined || sample === undefined) return undefined
    const known = this.#samples.get(sample.data)
    if (known !== undefined) return known
    let album = this.#albums.get(pictures.data)
    if (album === undefined) this.#albums.set(pictures.data, (album = new Album(pictures.data)))
    const { size, epoch, embeddings } = sample.data
    const data = floatsOf(embeddings)
    const count = Math.min(album.count, Math.floor(data.length / size))
    const made = { step: sample.step, epoch, codes: { data, count, size }, album }
    this.#samples.set(sample.data, made)
    return made
  }
}
