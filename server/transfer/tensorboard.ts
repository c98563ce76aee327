/**
 * TensorBoard's event files: one folder a run, its curves as scalars and its settings for the HParams plugin.
 *
 * A file is TFRecords: length (uint64), masked CRC-32C of the length, an `Event` message, masked CRC-32C of it. Fields as in
 * tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and tensorboard/plugins/hparams/plugin_data.proto.
 * Scalars are 32-bit floats there: a value comes back as the nearest of these.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '../../protocol/runEvent.ts'
import { flatten } from '../../protocol/specDifference.ts'
import { double, encode, type Field, float, message, text, varint } from '../protobuf.ts'
import type { Store } from '../store/store.ts'
import { maskedCrc32c } from './crc32c.ts'
import { newFolder, type Progress, runFolderName } from './output.ts'

/** Bytes that are gathered before they are written. */
const enough = 1 << 20

/** @param folder what `tensorboard --logdir` is given; it must be new or empty */
export async function exportTensorBoard(
  store: Store,
  runs: readonly RunRow[],
  folder: string,
  progress: Progress,
): Promise<void> {
  for (const run of runs) {
    const own = await newFolder(join(folder, runFolderName(run)))
    const began = (run.started ?? run.created) / 1000
    const handle = await open(join(own, `events.out.tfevents.${Math.floor(began)}.triplet-lab`), 'w')
    let gathered: Uint8Array[] = []
    let size = 0
    const flush = async () => {
      await handle.writeFile(Buffer.concat(gathered))
      gathered = []
      size = 0
    }
    const put = (seconds: number, step: number, ...fields: Field[]) => {
      const bytes = record(encode([double(1, seconds), varint(2, step), ...fields]))
      gathered.push(bytes)
      size += bytes.length
    }
    try {
      put(began, 0, text(3, 'brain.Event:2'))
      put(began, 0, summary('_hparams_/session_start_info', [message(9, hparams(run, began))]))
      for (const metric of store.metricsOf(run.id)) {
        const { steps, values, times } = store.rawPoints(run.id, metric)
        for (const [i, step] of steps.entries()) {
          put(times[i] / 1000, step, summary(metric, [float(2, values[i])]))
          if (size >= enough) await flush()
        }
      }
      const status = run.status === 'done' ? 1 : 2
      const ended = (run.ended ?? run.started ?? run.created) / 1000
      put(ended, run.step, summary('_hparams_/session_end_info', [message(9, hparamsEnd(status, ended))]))
      await flush()
    } finally {
      await handle.close()
    }
    await progress()
  }
}

/** `Event.summary` with one value. */
function summary(tag: string, fields: readonly Field[]): Field {
  return message(5, [message(1, [text(1, tag), ...fields])])
}

/** `SummaryMetadata` with the settings of a session. */
function hparams(run: RunRow, seconds: number): Field[] {
  const values = [...flatten(run.spec)].map(([name, value]) =>
    message(1, [text(1, name), message(2, protobufValue(value))]),
  )
  return pluginData([message(3, [...values, double(5, seconds)])])
}

function hparamsEnd(status: number, seconds: number): Field[] {
  return pluginData([message(4, [varint(1, status), double(2, seconds)])])
}

/** `SummaryMetadata.plugin_data` of the HParams plugin. */
function pluginData(content: readonly Field[]): Field[] {
  return [message(1, [text(1, 'hparams'), message(2, content)])]
}

/** `google.protobuf.Value`. */
function protobufValue(value: string | number | boolean | null): Field[] {
  switch (typeof value) {
    case 'number':
      return [double(2, value)]
    case 'string':
      return [text(3, value)]
    case 'boolean':
      return [varint(4, Number(value))]
    default:
      return [varint(1, 0)]
  }
}

/** A TFRecord. */
export function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, maskedCrc32c(data), true)
  return bytes
}
