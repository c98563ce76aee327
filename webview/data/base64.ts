/** Bytes from text; the browser's own decoder. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0))
}

/** 32-bit floats, little-endian, as typed arrays are on every machine that runs VS Code. */
export function floatsOf(base64: string): Float32Array<ArrayBuffer> {
  const bytes = bytesOf(base64)
  return new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2)
}
