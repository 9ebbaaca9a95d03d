// Density clusters of weighted points on a lattice: DBSCAN (Ester, Kriegel, Sander, Xu, KDD 1996). A point is core when
// the points within the radius, itself among them, weigh enough; cores within the radius of each other are one cluster;
// a point that is no core belongs to its nearest core (the paper leaves it to chance), and is noise when none is near.
//
// A tree that halves the widest side of its box finds neighbours: the lattice is bounded, so its depth is. Each point
// costs a walk down and its neighbours, of which a lattice has a limited number: no pass over all pairs. Pure.

export interface Points {
  readonly dimensions: number
  /** `dimensions` whole numbers for each point; no two points alike, in the order that decides ties. */
  readonly at: Int32Array
  readonly weights: ArrayLike<number>
}

/** Each point's cluster, numbered in the order of their first cores; -1 for noise. */
export function dbscan(points: Points, radius: number, minWeight: number): Int32Array {
  const { at, dimensions, weights } = points
  const size = weights.length
  const tree = new Tree(at, dimensions, size)
  const limit = radius * radius
  const core = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    let weight = 0
    tree.near(i, limit, (other) => {
      weight += weights[other]!
    })
    if (weight >= minWeight) core[i] = 1
  }
  const sets = new Sets(size)
  for (let i = 0; i < size; i++) {
    if (core[i] === 1) {
      tree.near(i, limit, (other) => {
        if (other < i && core[other] === 1) sets.join(i, other)
      })
    }
  }
  return label(size, core, sets, (i) => tree.nearest(i, limit, core))
}

function label(
  size: number,
  core: Uint8Array,
  sets: Sets,
  nearestCore: (point: number) => number,
): Int32Array {
  const labels = new Int32Array(size).fill(-1)
  const numbers = new Map<number, number>()
  for (let i = 0; i < size; i++) {
    if (core[i] === 0) continue
    const set = sets.find(i)
    const number = numbers.get(set) ?? numbers.size
    numbers.set(set, number)
    labels[i] = number
  }
  for (let i = 0; i < size; i++) {
    if (core[i] === 1) continue
    const near = nearestCore(i)
    if (near >= 0) labels[i] = labels[near]!
  }
  return labels
}

/** Disjoint sets of points, joined. */
class Sets {
  readonly #up: Int32Array

  constructor(size: number) {
    this.#up = Int32Array.from({ length: size }, (_, i) => i)
  }

  find(point: number): number {
    const up = this.#up
    let at = point
    while (up[at] !== at) {
      up[at] = up[up[at]!]!
      at = up[at]!
    }
    return at
  }

  join(a: number, b: number): void {
    this.#up[this.find(a)] = this.find(b)
  }
}

interface Box {
  readonly from: number
  readonly to: number
  readonly min: Int32Array
  readonly max: Int32Array
  readonly halves: readonly [Box, Box] | undefined
}

/** Points of a box that is not halved any more. */
const leaf = 8

class Tree {
  readonly #at: Int32Array
  readonly #dimensions: number
  /** Points, those of one box side by side. */
  readonly #order: Int32Array
  readonly #root: Box

  constructor(at: Int32Array, dimensions: number, size: number) {
    this.#at = at
    this.#dimensions = dimensions
    this.#order = Int32Array.from({ length: size }, (_, i) => i)
    this.#root = this.#box(0, size)
  }

  /** Every point within the square root of `limit`, itself among them. */
  near(point: number, limit: number, each: (other: number, distance: number) => void): void {
    if (this.#order.length > 0) this.#visit(this.#root, point, limit, each)
  }

  /** The nearest marked point, at equal distance the first; -1 when none is within the limit. */
  nearest(point: number, limit: number, marks: Uint8Array): number {
    let best = -1
    let least = Infinity
    this.near(point, limit, (other, distance) => {
      if (marks[other] === 0) return
      if (distance < least || (distance === least && other < best)) {
        best = other
        least = distance
      }
    })
    return best
  }

  #visit(
    box: Box,
    point: number,
    limit: number,
    each: (other: number, distance: number) => void,
  ): void {
    if (this.#toBox(point, box) > limit) return
    if (box.halves !== undefined) {
      this.#visit(box.halves[0], point, limit, each)
      this.#visit(box.halves[1], point, limit, each)
      return
    }
    for (let i = box.from; i < box.to; i++) {
      const other = this.#order[i]!
      const distance = this.#between(point, other)
      if (distance <= limit) each(other, distance)
    }
  }

  #between(a: number, b: number): number {
    let sum = 0
    for (let d = 0; d < this.#dimensions; d++) {
      const gap = this.#at[a * this.#dimensions + d]! - this.#at[b * this.#dimensions + d]!
      sum += gap * gap
    }
    return sum
  }

  #toBox(point: number, box: Box): number {
    let sum = 0
    for (let d = 0; d < this.#dimensions; d++) {
      const value = this.#at[point * this.#dimensions + d]!
      const gap = Math.max(box.min[d]! - value, 0, value - box.max[d]!)
      sum += gap * gap
    }
    return sum
  }

  #box(from: number, to: number): Box {
    const min = new Int32Array(this.#dimensions).fill(0x7fffffff)
    const max = new Int32Array(this.#dimensions).fill(-0x80000000)
    for (let i = from; i < to; i++) {
      for (let d = 0; d < this.#dimensions; d++) {
        const value = this.#at[this.#order[i]! * this.#dimensions + d]!
        if (value < min[d]!) min[d] = value
        if (value > max[d]!) max[d] = value
      }
    }
    let widest = 0
    for (let d = 1; d < this.#dimensions; d++) {
      if (max[d]! - min[d]! > max[widest]! - min[widest]!) widest = d
    }
    const whole = to - from <= leaf || max[widest] === min[widest]
    if (whole) return { from, to, min, max, halves: undefined }
    const middle = this.#part(from, to, widest, Math.floor((min[widest]! + max[widest]!) / 2))
    return { from, to, min, max, halves: [this.#box(from, middle), this.#box(middle, to)] }
  }

  /** Moves points up to `value` before those above it; says where those begin. */
  #part(from: number, to: number, dimension: number, value: number): number {
    const order = this.#order
    let middle = from
    for (let i = from; i < to; i++) {
      const point = order[i]!
      if (this.#at[point * this.#dimensions + dimension]! > value) continue
      order[i] = order[middle]!
      order[middle++] = point
    }
    return middle
  }
}
