import { tfjsCpu, tfjsWasm } from '../../../server/training/engines/tfjs/kinds.ts'
import { engineConformance } from './conformance.ts'

engineConformance(tfjsWasm, tfjsCpu)
