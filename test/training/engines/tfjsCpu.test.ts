import { tfjsCpu } from '../../../server/training/engines/tfjs/kinds.ts'
import { engineConformance } from './conformance.ts'

engineConformance(tfjsCpu, null)
