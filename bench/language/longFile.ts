/** A valid experiment of about so many lines: a sweep with a deep network, a long curriculum and comments. */
export function longFile(lines: number): string {
  const head = [
    '{',
    '  "dataset": { "name": "emoji" },',
    '  "loss": { "margin": { "values": [0.05, 0.1, 0.2, 0.3, 0.5] } },',
    '  "seed": { "values": [1, 2, 3, 4] },',
    '  "mining": { "values": ["semi-hard", "batch-all"] },',
    '  "epochs": 1000,',
  ]
  const quarter = Math.floor((lines - head.length) / 4)
  const layers = Array.from({ length: quarter }, () => [
    '      { "type": "conv", "filters": 16, "kernelSize": 3, "padding": "same" },',
    '      "relu",',
  ]).flat()
  const curriculum = Array.from(
    { length: quarter },
    (_, i) => `    { "fromEpoch": ${i + 2}, "margin": ${(0.1 + i / 1e4).toFixed(4)} },`,
  )
  const comments = Array.from(
    { length: lines - head.length - 3 * quarter - 8 },
    (_, i) => `  // Note ${i}: what was tried and why.`,
  )
  return [
    ...head,
    '  "model": {',
    '    "architecture": "layers",',
    '    "layers": [',
    ...layers,
    '    ],',
    '  },',
    '  "curriculum": [',
    ...curriculum,
    '  ],',
    ...comments,
    '}',
  ].join('\n')
}
