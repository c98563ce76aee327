/** A canvas as a PNG, as `data:` address; on a background, since a transparent picture is unreadable elsewhere. */
export function canvasPng(canvas: HTMLCanvasElement, background: string): string {
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  const ctx = copy.getContext('2d')
  if (ctx === null) return ''
  ctx.fillStyle = background
  ctx.fillRect(0, 0, copy.width, copy.height)
  ctx.drawImage(canvas, 0, 0)
  return copy.toDataURL('image/png')
}
