/** What every chart here has: it is drawn when told to, from points that need no parsing; gestures.ts hears hands and keys. */
export const baseOptions = () => ({
  animation: false as const,
  parsing: false as const,
  normalized: true,
  responsive: true,
  maintainAspectRatio: false,
  events: [],
  layout: { padding: { top: 4, right: 8 } },
})
