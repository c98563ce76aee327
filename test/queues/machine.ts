import { slotsOf, type Slots } from '../../server/queues/slots.ts'

export const runsAtOnce = (count: number): Slots => slotsOf({ cores: 8, devices: [] }, () => count)
