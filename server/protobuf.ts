/** Protocol buffers, as much of writing them as ONNX files and TensorBoard's event files need. */

export type Field =
  | { readonly field: number; readonly kind: 'varint'; readonly value: number }
  | { readonly field: number; readonly kind: 'bytes'; readonly value: Uint8Array }
  /** Four or eight bytes as they are, little-endian. */
  | { readonly field: number; readonly kind: 'fixed'; readonly value: Uint8Array }

export function varint(field: number, value: number): Field {
  return { field, kind: 'varint', value }
}

export function text(field: number, value: string): Field {
  return { field, kind: 'bytes', value: new TextEncoder().encode(value) }
}

export function message(field: number, fields: readonly Field[]): Field {
  return { field, kind: 'bytes', value: encode(fields) }
}

/** 64-bit floating point. */
export function double(field: number, value: number): Field {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value, true)
  return { field, kind: 'fixed', value: bytes }
}

/** 32-bit floating point. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return { field, kind: 'fixed', value: bytes }
}

/** The bytes of a message. Varints are whole numbers from 0 to 2⁵³. */
export function encode(fields: readonly Field[]): Uint8Array {
  const bytes: number[] = []
  for (const one of fields) {
    if (one.kind === 'varint') {
      pushVarint(bytes, one.field * 8)
      pushVarint(bytes, one.value)
    } else {
      if (one.kind === 'fixed') pushVarint(bytes, one.field * 8 + (one.value.length === 8 ? 1 : 5))
      else {
        pushVarint(bytes, one.field * 8 + 2)
        pushVarint(bytes, one.value.length)
      }
      for (const byte of one.value) bytes.push(byte)
    }
  }
  return Uint8Array.from(bytes)
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}
