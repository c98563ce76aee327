import * as l10n from '@vscode/l10n'
import type { Shape } from '../models/network.ts'
import { DatasetError } from './datasetError.ts'
import { loadSharp } from './loadSharp.ts'
import { isNetpbm, readNetpbm } from './netpbm.ts'
import { coverResizer } from './resample.ts'

/** Pictures with more pixels are left out: decoding one would take gigabytes. */
export const mostPixels = 100_000_000

/** A picture that cannot be used; the message says why and is for people. The run goes on without it. */
export class PictureError extends Error {
  override readonly name = 'PictureError'
}

/** Turns encoded pictures (JPEG, PNG, WebP, GIF, TIFF, AVIF through sharp; PGM, PPM without it) into bytes of one size. */
export class PictureDecoder {
  readonly #workspace: string | null

  /** @param workspace where packages are looked for, too; `null`: it is not trusted */
  constructor(workspace: string | null) {
    this.#workspace = workspace
  }

  /**
   * Size of a picture as a person sees it (turned as its EXIF says); 1 channel when it is grey, else 3.
   * @throws PictureError or DatasetError
   */
  async measure(bytes: Uint8Array, path: string): Promise<Shape> {
    if (isNetpbm(bytes)) return this.#netpbm(bytes, true).shape
    const sharp = loadSharp(path, this.#workspace)
    try {
      const { autoOrient, channels, hasAlpha } = await sharp(bytes, { limitInputPixels: false }).metadata()
      const { width, height } = autoOrient
      refuseHuge(width, height)
      return { height, width, channels: channels - (hasAlpha ? 1 : 0) === 1 ? 1 : 3 }
    } catch (error) {
      throw unreadable(error)
    }
  }

  /**
   * @returns bytes [height, width, channels], the picture scaled to cover the shape and its middle kept
   * @throws PictureError or DatasetError
   */
  async decode(bytes: Uint8Array, path: string, shape: Shape): Promise<Uint8Array> {
    if (isNetpbm(bytes)) {
      const picture = this.#netpbm(bytes, false)
      const { height, width } = shape
      if (picture.shape.height === height && picture.shape.width === width)
        return withChannels(picture.bytes, picture.shape.channels, shape)
      const resized = new Uint8Array(height * width * picture.shape.channels)
      coverResizer(picture.shape, height, width)(picture.bytes, resized)
      return withChannels(resized, picture.shape.channels, shape)
    }
    const stored = await this.measure(bytes, path)
    // What is to become grey is weighted here, as pictures from other sources are.
    const channels = shape.channels === 1 && stored.channels === 1 ? 1 : 3
    const sharp = loadSharp(path, this.#workspace)
    try {
      const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' })
        .autoOrient()
        .flatten({ background: '#fff' })
        .resize(shape.width, shape.height, { fit: 'cover' })
        // Without b-w, sharp gives three channels for grey pictures that were resized.
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
      if (info.channels !== channels || data.length !== shape.height * shape.width * channels)
        throw new Error(`became ${info.width} × ${info.height} × ${info.channels}`)
      return withChannels(data, channels, shape)
    } catch (error) {
      throw unreadable(error)
    }
  }

  #netpbm(bytes: Uint8Array, header: boolean) {
    try {
      const { shape } = readNetpbm(bytes, true)
      refuseHuge(shape.width, shape.height)
      return readNetpbm(bytes, header)
    } catch (error) {
      throw unreadable(error)
    }
  }
}

function refuseHuge(width: number, height: number): void {
  if (width * height > mostPixels)
    throw new PictureError(
      l10n.t(
        'it has {0} megapixels; at most {1} are read. Make it smaller.',
        Math.round((width * height) / 1e6),
        mostPixels / 1e6,
      ),
    )
}

function unreadable(error: unknown): Error {
  if (error instanceof PictureError || error instanceof DatasetError) return error
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
  return new PictureError(l10n.t('it cannot be decoded: {0}', reason))
}

function withChannels(bytes: Uint8Array, channels: number, { height, width, channels: wanted }: Shape): Uint8Array {
  if (channels === wanted) return bytes
  const result = new Uint8Array(height * width * wanted)
  if (wanted === 3) for (let i = 0; i < result.length; i++) result[i] = bytes[Math.floor(i / 3)]
  else
    for (let i = 0; i < result.length; i++)
      result[i] = Math.round(0.299 * bytes[3 * i] + 0.587 * bytes[3 * i + 1] + 0.114 * bytes[3 * i + 2])
  return result
}
