import type { EngineKind } from '../../../server/training/engines/trainEngine.ts'
import { onnxKind } from '../../../server/training/engines/onnx/onnxEngine.ts'
import { engineConformance } from './conformance.ts'

engineConformance(onnxKind, null)

/** Three threads over six pictures, and over one: a thread may have none. */
const threaded: EngineKind = { ...onnxKind, create: options => onnxKind.create({ ...options, threads: 3 }) }
engineConformance(threaded, null)
