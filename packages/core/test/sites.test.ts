import { expect, test } from 'vitest'
import { Sites } from '../src/sites.ts'

test('one spawn is one site, however often it happens', () => {
  const sites = new Sites(100)
  const edge = sites.code(0, '', '', 'edge')
  const codes = Array.from({ length: 5 }, () => sites.code(edge, 'edge', 'upgraded', 'connection'))
  expect(new Set(codes).size).toBe(1)
  expect(sites.lineage(codes[0]!).map(({ behavior }) => behavior)).toEqual(['connection', 'edge'])
})

test('the same behaviour spawned on another message is another site', () => {
  const sites = new Sites(100)
  const edge = sites.code(0, '', '', 'edge')
  expect(sites.code(edge, 'edge', 'a', 'x')).not.toBe(sites.code(edge, 'edge', 'b', 'x'))
})

test('a chain that spawns itself for ever is one site more, and keeps where it began', () => {
  const sites = new Sites(100)
  const root = sites.code(0, '', '', 'root')
  let at = sites.code(root, 'root', 'call', 'link')
  for (let i = 0; i < 10_000; i++) at = sites.code(at, 'link', 'go', 'link')
  expect(sites.size).toBe(4)
  expect(sites.lineage(at).map(({ spawner, message }) => `${spawner} on ${message}`)).toEqual([
    'link on go',
    'root on call',
    ' on ',
  ])
})

test('so is a circle of several behaviours', () => {
  const sites = new Sites(100)
  let at = sites.code(0, '', '', 'c')
  for (let i = 0; i < 1_000; i++) {
    for (const [spawner, behavior] of ['ca', 'ab', 'bc'] as const) {
      at = sites.code(at, spawner!, 'go', behavior!)
    }
  }
  expect(sites.size).toBe(5)
})

test('what is past the limit is told of its parent', () => {
  const sites = new Sites(3)
  const root = sites.code(0, '', '', 'root')
  const last = sites.code(root, 'root', '1', 'x')
  expect(sites.code(root, 'root', '2', 'x')).toBe(root)
  expect(sites.code(root, 'root', '1', 'x')).toBe(last)
})

test('with a limit of one, nobody comes from anywhere', () => {
  const sites = new Sites(1)
  const root = sites.code(0, '', '', 'root')
  expect([root, sites.code(root, 'root', 'call', 'x'), sites.size]).toEqual([0, 0, 1])
  expect(sites.lineage(root)).toEqual([])
})

test.each([0, 1.5, 16_385, Number.NaN])('a limit of %s is refused', (limit) => {
  expect(() => new Sites(limit)).toThrow(`maxSites: expected 1 to 16384, got ${limit}`)
})
