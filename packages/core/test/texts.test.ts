import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Names, otherName } from '../src/names.ts'
import { readSites, Sites } from '../src/sites.ts'
import { readTexts, Texts } from '../src/texts.ts'

describe('texts in shared memory', () => {
  test('read as they were added, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (given) => {
        const texts = new Texts(1 << 20)
        const before = texts.buffers.map((buffer) => buffer)
        expect(given.every((text) => texts.add(text))).toBe(true)
        expect(readTexts(before)).toEqual(given)
      }),
    )
  })

  test('refuse what there is no room for, and keep what there is', () => {
    const texts = new Texts(20)
    expect([texts.add('eight by'), texts.add('12345'), texts.add('1234'), texts.add('')]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(readTexts(texts.buffers)).toEqual(['eight by', '1234'])
  })

  test('are readable where a host has no shared memory', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    const texts = new Texts(100)
    vi.unstubAllGlobals()
    expect(texts.buffers.every((buffer) => buffer instanceof ArrayBuffer)).toBe(true)
    texts.add('one')
    expect(readTexts(texts.buffers)).toEqual(['one'])
  })
})

describe('names', () => {
  test('have the same numbers for another thread', () => {
    const names = new Names(100)
    const codes = ['room', 'connection', 'room', ''].map((name) => names.code(name))
    expect(codes).toEqual([1, 2, 1, 0])
    expect(readTexts(names.texts.buffers)).toEqual(['', 'room', 'connection'])
  })

  test('share one past their bound, be it of number or of memory', () => {
    const few = new Names(3)
    expect(['a', 'b', 'c', 'd', 'a'].map((name) => few.code(name))).toEqual([1, 2, 3, 3, 1])
    const long = new Names(8)
    const codes = Array.from({ length: 4 }, (_, i) => long.code(`${i}`.repeat(400)))
    expect(codes).toEqual([1, 2, 2, 2])
    for (const names of [few, long]) {
      const texts = readTexts(names.texts.buffers)
      expect([names.name(texts.length), texts[texts.length]]).toEqual([otherName, undefined])
    }
  })
})

describe('sites', () => {
  test('have the same numbers for another thread', () => {
    const sites = new Sites(100)
    const edge = sites.code(0, '', '', 'edge')
    const code = sites.code(edge, 'edge', 'up "graded"\n', 'connection')
    const read = readSites(sites.texts.buffers)
    expect(read).toHaveLength(3)
    expect(read[code]).toEqual(sites.at(code))
  })

  test('of which there are more than memory are told of their parent', () => {
    const sites = new Sites(2)
    const root = sites.code(0, '', '', 'x'.repeat(200))
    const last = sites.code(root, 'y'.repeat(200), '', 'z'.repeat(200))
    expect([root, last]).toEqual([1, 1])
    expect(readSites(sites.texts.buffers)).toHaveLength(2)
  })
})
