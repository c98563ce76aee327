/**
 * Which classes are variants of one another. Two classes of one group never lie on different sides of a class split:
 * having seen a woman cook would make a man cook, "never seen in training", too easy.
 */

/** Families of near-duplicates, by name. A class belongs to the first that fits. */
const families: readonly (readonly [string, RegExp])[] = [
  ['clock face', /-(oclock|thirty)$/],
  ['keycap', /^keycap-/],
  ['disc', /moon|^(black|white|red|blue)-circle$|^hollow-red-circle$|^radio-button$/],
  ['zodiac', /^(aries|taurus|gemini|cancer|leo|virgo|libra|scorpio|sagittarius|capricorn|aquarius|pisces|ophiuchus)$/],
  ['globe', /^globe-showing-/],
  ['square', /^(black|white)-(small|medium-small|medium|large)-square$|^(stop|record)-button$|-square-button$/],
  ['diamond', /^(large|small)-(orange|blue)-diamond$|^diamond-suit$/],
  ['triangle', /^red-triangle|^(up|down)wards-button$|^(play|reverse)-button$/],
  ['arrow', /^(up|down|left|right|back|end|on|soon|top)-.*arrow/],
  [
    'circling arrows',
    /^(repeat|repeat-single|shuffle-tracks|counterclockwise-arrows)-button$|^clockwise-vertical-arrows$/,
  ],
  [
    'double triangle',
    /^(fast|next|last)-.*-?(track|forward|reverse|up|down)-button$|^play-or-pause-button$|^pause-button$/,
  ],
  ['heart', /^(red|blue|green|yellow|purple|black|orange|brown|white)-heart$|^heart-suit$/],
  ['hearts', /^(beating|growing|sparkling|revolving|two)-hearts?$|^heart-(exclamation|decoration|with)/],
  ['medal', /place-medal$|^(sports|military)-medal$/],
  ['book', /^(closed|green|blue|orange)-book$|^(ledger|notebook|notebook-with-decorative-cover)$/],
  ['banknote', /-banknote$/],
  ['mailbox', /mailbox/],
  ['speaker', /^(muted-speaker|speaker-)/],
  ['exclamation', /(exclamation|question)-mark$|^red-exclamation|^white-exclamation/],
  ['letter button', /^(a|b|o|ab)-button-blood-type$|^(cl|cool|free|id|new|ng|ok|sos|up|vs|p)-button$|^circled-m$/],
  ['japanese button', /^japanese-.*-button$/],
  ['input', /^input-/],
  ['calendar', /calendar$/],
  ['chart', /^chart-/],
  ['magnifying glass', /^magnifying-glass/],
  ['snowman', /^snowman/],
  ['wise monkey', /^(see|hear|speak)-no-evil-monkey$/],
  ['sun and cloud', /^(sun-behind|cloud)/],
  ['sparkle', /^eight-(spoked|pointed)|^sparkle$/],
  ['star of David', /^star-of-david$|^dotted-six-pointed-star$/],
  ['fist', /-facing-fist$/],
  ['pointing hand', /index-pointing/],
  ['raised hand', /^raised-(hand|back-of-hand)$|^hand-with-fingers-splayed$/],
  ['thumb', /^thumbs-/],
  ['hourglass', /^hourglass/],
  ['disk', /^(optical-disk|dvd)$/],
  ['brightness', /^(dim|bright)-button$/],
  ['curly loop', /curly-loop$/],
  ['file folder', /file-folder$/],
  ['inbox', /^(in|out)box-tray$/],
  ['lock', /^(un)?locked/],
  ['padlocked envelope', /^(incoming-)?envelope|^e-mail$/],
  ['man and woman', /holding-hands$/],
  ['grinning face', /^(grinning|beaming)-.*(eyes|face|sweat)$/],
  ['grinning cat', /^grinning-cat/],
  ['kissing face', /^kissing-face/],
  ['frowning face', /^(slightly-)?frowning-face$|^(confused|worried|disappointed|pensive)-face$/],
  ['smiling face', /^(slightly-)?smiling-face$|^smiling-face-with-smiling-eyes$|^relieved-face$/],
  ['tired face', /^(weary|tired)-face$/],
  ['fearful face', /^(fearful|anguished|frowning-face-with-open-mouth|hushed-face|face-with-open-mouth)/],
  ['neutral face', /^(neutral|expressionless)-face$/],
  ['angry face', /^(angry|pouting)-face$/],
  ['airplane', /^airplane-(departure|arrival)$/],
  ['bath', /^(bathtub|person-taking-bath)$/],
  ['bed', /^(bed|person-in-bed)$/],
  ['train', /^(high-speed|bullet)-train$/],
  ['adult', /^(man|woman)$/],
  ['child', /^(boy|girl)$/],
  ['old person', /^old-(man|woman)$/],
  ['royal', /^(prince|princess)$/],
  ['Christmas', /^(santa|mrs)-claus$/],
  ['sign of a sex', /^(female|male)-sign$/],
  ['toilet door', /^(mens-room|womens-room|restroom|water-closet)$/],
  ['camel', /camel$/],
  ['chick', /chick$/],
  ['whale', /whale$/],
  ['rodent', /^(rat|mouse)$/],
  ['sunrise', /^(sunrise|sunset|cityscape-at-dusk)/],
  ['flag', /^(white|black)-flag$/],
  ['camera', /^camera/],
  ['page', /^page-/],
  ['firework', /^(fireworks|sparkler)$/],
  ['tap water', /potable-water$/],
  ['house', /^house(-with-garden)?$/],
  ['bell', /^bell(-with-slash)?$/],
  ['note', /^musical-notes?$/],
  ['bubble', /^(speech-balloon|thought-balloon|left-speech-bubble|right-anger-bubble)$/],
  ['umbrella', /^umbrella(-with-rain-drops)?$/],
  ['silhouette', /^busts?-in-silhouette$/],
]

const gender = /^(man|woman|men|women|person|people)-/

/** What a class is called without the person's sex: woman-cook, man-cook and person-cook are one family. */
function familyOf(name: string): string {
  for (const [family, pattern] of families) if (pattern.test(name)) return family
  return name.replace(gender, '').replace(/^(wearing|with|getting|in|playing)-/, '')
}

/** Above this correlation (median over the vendors that drew both), two classes count as near-duplicates. */
const nearDuplicate = 0.92

interface Drawn {
  readonly name: string
  readonly pictures: readonly { readonly vendor: number; readonly bytes: Uint8Array }[]
}

/**
 * Puts classes into groups: by name, and by look. What a chain of near-duplicates connects is one group.
 *
 * @returns names of the groups, and the group of each class
 */
export function groupClasses(classes: readonly Drawn[]): {
  readonly groups: readonly string[]
  readonly groupOfClass: readonly number[]
} {
  const parent = [...classes.keys()]
  const root = (label: number): number => (parent[label] === label ? label : (parent[label] = root(parent[label])))
  const first = new Map<string, number>()
  for (const [label, { name }] of classes.entries()) {
    const family = familyOf(name)
    parent[root(label)] = root(first.get(family) ?? label)
    if (!first.has(family)) first.set(family, label)
  }
  const looks = classes.map(one => new Map(one.pictures.map(({ vendor, bytes }) => [vendor, standardized(bytes)])))
  for (const [a, one] of looks.entries())
    for (let b = 0; b < a; b++)
      if (root(a) !== root(b) && medianCorrelation(one, looks[b]) > nearDuplicate) parent[root(a)] = root(b)

  const roots = [...new Set(parent.map((_, label) => root(label)))].sort((a, b) => a - b)
  return {
    groups: roots.map(label => familyOf(classes[label].name)),
    groupOfClass: parent.map((_, label) => roots.indexOf(root(label))),
  }
}

/** Mean 0, length 1: the dot product of two is their correlation. */
function standardized(bytes: Uint8Array): Float32Array {
  const mean = bytes.reduce((a, b) => a + b, 0) / bytes.length
  const values = Float32Array.from(bytes, value => value - mean)
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}

function medianCorrelation(a: ReadonlyMap<number, Float32Array>, b: ReadonlyMap<number, Float32Array>): number {
  const correlations: number[] = []
  for (const [vendor, one] of a) {
    const other = b.get(vendor)
    if (!other) continue
    let sum = 0
    for (let i = 0; i < one.length; i++) sum += one[i] * other[i]
    correlations.push(sum)
  }
  correlations.sort((x, y) => x - y)
  return correlations[correlations.length >> 1] ?? 0
}
