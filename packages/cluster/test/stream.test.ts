import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryOptions, HistoryQuery, HistoryResult, Position } from '../src/index.ts'
import { Stream } from '../src/stream.ts'

const metaTtlMs = 1_000

// The same promises, told the long way: every publication ever, and two moments.
class Model {
  readonly log: string[] = []
  keptFrom = 0
  expiresAt = Number.POSITIVE_INFINITY
  lapsesAt = 0

  append(data: string, { size, ttlMs }: HistoryOptions, now: number): void {
    this.#look(now)
    this.log.push(data)
    this.keptFrom = Math.max(this.keptFrom, this.log.length - size)
    this.expiresAt = now + ttlMs
    this.lapsesAt = Math.max(this.lapsesAt, now + metaTtlMs, now + ttlMs)
  }

  read(query: HistoryQuery, { ttlMs }: HistoryOptions, now: number): HistoryResult {
    this.#look(now)
    this.lapsesAt = Math.max(this.lapsesAt, now + metaTtlMs, now + ttlMs)
    const { since, limit, reverse = false } = query
    const position = { offset: this.log.length, epoch: 'e' }
    const all = this.log.map((data, i) => ({ data, offset: i + 1 }))
    const kept = all.slice(this.keptFrom)
    const refused = { ...position, complete: false, publications: [] }
    if (since !== undefined) {
      const anyStart = since.epoch === '' && since.offset === 0
      if (since.epoch !== 'e' && !anyStart) return refused
      if (since.offset > this.log.length) return refused
      const wanted = all.filter(({ offset }) => offset > since.offset)
      if (!reverse && wanted.length > kept.length) return refused
    }
    const from = since?.offset ?? (reverse ? Number.POSITIVE_INFINITY : 0)
    const selected = reverse
      ? kept.filter(({ offset }) => offset < from).toReversed()
      : kept.filter(({ offset }) => offset > from)
    return { ...position, complete: true, publications: selected.slice(0, limit) }
  }

  clear(): void {
    this.keptFrom = this.log.length
    this.expiresAt = Number.POSITIVE_INFINITY
  }

  #look(now: number): void {
    if (now >= this.expiresAt) this.clear()
  }
}

const kept = fc.record({ size: fc.nat(80), ttlMs: fc.integer({ min: 1, max: 100 }) })

// Each step does the same to both, and returns what either said of it.
type Step = (stream: Stream, model: Model, now: number) => { said: unknown; expected: unknown }

const append = fc
  .record({ options: kept, count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 120 })) })
  .map(({ options, count }): Step => (stream, model, now) => {
    const said: unknown[] = []
    const expected: unknown[] = []
    for (let left = count; left > 0; left--) {
      const publication = { data: String(model.log.length) }
      model.append(publication.data, options, now)
      said.push(stream.append(publication, options, now), publication)
      expected.push(model.log.length, { data: publication.data, offset: model.log.length })
    }
    return { said, expected }
  })

const clear = fc.constant<Step>((stream, model) => {
  stream.clear()
  model.clear()
  return { said: undefined, expected: undefined }
})

const read = fc
  .record({
    options: kept,
    since: fc.option(
      fc.record({
        behind: fc.integer({ min: -2, max: 100 }),
        epoch: fc.constantFrom('e', 'e', 'e', 'other', ''),
      }),
    ),
    reverse: fc.boolean(),
    limit: fc.option(fc.nat(90)),
  })
  .map(({ options, since, reverse, limit }): Step => (stream, model, now) => {
    const query: HistoryQuery = { reverse }
    if (limit !== null) query.limit = limit
    if (since !== null) {
      const offset = Math.max(0, model.log.length - since.behind)
      query.since = { offset, epoch: since.epoch }
    }
    const expected = model.read(query, options, now)
    return { said: stream.read(query, options, now), expected }
  })

const step = fc.record({
  ms: fc.oneof(fc.constant(0), fc.nat(60)),
  act: fc.oneof(
    { arbitrary: append, weight: 4 },
    { arbitrary: read, weight: 6 },
    { arbitrary: clear, weight: 1 },
  ),
})

describe('a stream', () => {
  it('agrees with the naive one, whatever is appended, expired, removed and read', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const stream = new Stream('e', metaTtlMs)
        const model = new Model()
        let now = 0
        for (const { ms, act } of steps) {
          now += ms
          const { said, expected } = act(stream, model, now)
          expect(said).toEqual(expected)
          expect(stream.lapsed(now)).toBe(now >= model.lapsesAt)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never serves a part: what follows a position is all there, or nothing is', () => {
    fc.assert(
      fc.property(
        fc.nat(150),
        fc.nat(50),
        fc.nat(200),
        fc.nat(60),
        (count, size, offset, limit) => {
          const stream = filled(count, { size, ttlMs: 10 })
          const since = { offset, epoch: 'e' }
          const { publications, complete } = stream.read({ since, limit }, { size, ttlMs: 10 }, 0)
          const reachable = offset <= count && count - offset <= size
          expect(complete).toBe(reachable)
          const expected = reachable ? Math.min(limit, count - offset) : 0
          expect(publications.map((publication) => publication.offset)).toEqual(
            Array.from({ length: expected }, (_, i) => offset + 1 + i),
          )
        },
      ),
    )
  })

  it('costs memory for what it keeps, whatever passed through it', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(40), fc.nat(60), (count, size, left) => {
        const through = filled(count, { size, ttlMs: 10 })
        expect(through.bytes).toBe(filled(Math.min(count, size), { size, ttlMs: 10 }).bytes)
        fill(through, left, { size, ttlMs: 10 })
        through.expire(10)
        expect(through.bytes).toBe(new Stream('e', metaTtlMs).bytes)
      }),
    )
  })

  it('loses its publications exactly at its ttl after the latest, all at once', () => {
    const stream = filled(2, { size: 10, ttlMs: 50 })
    stream.append({ data: 'x' }, { size: 10, ttlMs: 50 }, 49)
    expect(readAll(stream, 98)).toMatchObject({ offset: 3, publications: [{}, {}, {}] })
    expect(readAll(stream, 99)).toMatchObject({ offset: 3, epoch: 'e', publications: [] })
  })

  it('is read without living longer by it, but its count does', () => {
    const stream = filled(1, { size: 10, ttlMs: 50 })
    expect(readAll(stream, 49).publications).toHaveLength(1)
    expect(readAll(stream, 50).publications).toHaveLength(0)
    expect(stream.lapsed(1_049)).toBe(false)
    expect(stream.lapsed(1_050)).toBe(true)
  })

  it('never forgets its count before its publications', () => {
    const stream = filled(1, { size: 10, ttlMs: 5_000 })
    expect(stream.lapsed(4_999)).toBe(false)
    expect(stream.lapsed(5_000)).toBe(true)
  })

  it('refuses offsets that are no offsets', () => {
    const stream = filled(3, { size: 10, ttlMs: 50 })
    for (const offset of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const since: Position = { offset, epoch: 'e' }
      for (const reverse of [false, true]) {
        expect(stream.read({ since, reverse }, { size: 10, ttlMs: 50 }, 0)).toMatchObject({
          complete: false,
          publications: [],
        })
      }
    }
  })

  it('keeps nothing under a size that makes no sense', () => {
    for (const size of [-1, Number.NaN]) {
      const stream = filled(3, { size, ttlMs: 50 })
      expect(readAll(stream, 0)).toMatchObject({ offset: 3, publications: [] })
    }
  })
})

function filled(count: number, options: HistoryOptions): Stream {
  const stream = new Stream('e', metaTtlMs)
  fill(stream, count, options)
  return stream
}

function fill(stream: Stream, count: number, options: HistoryOptions): void {
  for (let i = 0; i < count; i++) stream.append({ data: 'xxxx' }, options, 0)
}

function readAll(stream: Stream, now: number): HistoryResult {
  return stream.read({}, { size: 10, ttlMs: 50 }, now)
}
