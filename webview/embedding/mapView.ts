/** Where the points of a map stand on screen, and which of them is under the pointer. Pure. */
export interface View {
  /** Radians; only a map with three dimensions is turned. */
  readonly yaw: number
  readonly pitch: number
  readonly zoom: number
  /** Pixels. */
  readonly panX: number
  readonly panY: number
}

export const startView: View = { yaw: 0, pitch: 0, zoom: 1, panX: 0, panY: 0 }

/**
 * @param points [n, 3]
 * @returns [n, 3]: x and y in pixels, and the depth, larger for nearer points
 */
export function placeOnScreen(points: Float32Array, view: View, width: number, height: number): Float32Array {
  const count = points.length / 3
  const { centre, radius } = bounds(points)
  const scale = (0.46 * Math.min(width, height) * view.zoom) / (radius > 0 ? radius : 1)
  const [cosYaw, sinYaw] = [Math.cos(view.yaw), Math.sin(view.yaw)]
  const [cosPitch, sinPitch] = [Math.cos(view.pitch), Math.sin(view.pitch)]
  const placed = new Float32Array(count * 3)
  for (let i = 0; i < count; i++) {
    const x = points[i * 3] - centre[0]
    const y = points[i * 3 + 1] - centre[1]
    const z = points[i * 3 + 2] - centre[2]
    const turnedX = x * cosYaw + z * sinYaw
    const turnedZ = z * cosYaw - x * sinYaw
    const turnedY = y * cosPitch - turnedZ * sinPitch
    placed[i * 3] = width / 2 + view.panX + turnedX * scale
    placed[i * 3 + 1] = height / 2 + view.panY - turnedY * scale
    placed[i * 3 + 2] = y * sinPitch + turnedZ * cosPitch
  }
  return placed
}

/** The point nearest to a place, within `reach` pixels; −1 when there is none. */
export function pointAt(placed: Float32Array, x: number, y: number, reach: number): number {
  let best = -1
  let bestSquared = reach * reach
  for (let i = 0; i * 3 < placed.length; i++) {
    const squared = (placed[i * 3] - x) ** 2 + (placed[i * 3 + 1] - y) ** 2
    if (squared > bestSquared) continue
    best = i
    bestSquared = squared
  }
  return best
}

function bounds(points: Float32Array): { centre: readonly number[]; radius: number } {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i])
    high[i % 3] = Math.max(high[i % 3], points[i])
  }
  const centre = low.map((value, k) => (points.length > 0 ? (value + high[k]) / 2 : 0))
  return { centre, radius: Math.max(0, ...low.map((value, k) => (high[k] - value) / 2)) }
}
