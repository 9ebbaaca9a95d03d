import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ActorRow } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Archive } from '../../src/seeing/archive.ts'
import { defaultFolders, openFolder } from '../../src/seeing/archive-folder.ts'
import { jsonPieces } from '../../src/seeing/dump-json.ts'
import { dumpId, readDumpId, triggers } from '../../src/seeing/dump-name.ts'
import { dumpsDefaults } from '../../src/seeing/dump-options.ts'
import { dumpAt, folder } from './dumps.ts'

const noon = Date.UTC(2026, 10, 26, 12)
const node = { name: 'n1', uid: 'u', pid: 1, host: 'h', version: 'v' }

describe('the archive', () => {
  test('gives back what was written, whichever way', async () => {
    const archive = new Archive({ ...dumpsDefaults, dir: folder() })
    const dump = dumpAt(noon, { node, reason: { trigger: 'request' } })
    const slow = await archive.write(dump, 'request')
    const fast = archive.writeSync(dumpAt(noon + 1, { node }), 'crash')
    expect(slow).toMatchObject({
      id: '20261126T120000.000Z-n1-request',
      at: '2026-11-26T12:00:00.000Z',
      node: 'n1',
      trigger: 'request',
    })
    expect(JSON.parse(String(await archive.read(slow.id)))).toEqual(
      JSON.parse(JSON.stringify(dump)),
    )
    expect(JSON.parse(String(await archive.read(fast.id)))).toMatchObject({ node })
    expect(archive.list()).toEqual([fast, slow])
  })

  test('is for its user only', async () => {
    const dir = join(folder(), 'new', 'dumps')
    const archive = new Archive({ ...dumpsDefaults, dir })
    const { id } = await archive.write(dumpAt(noon), 'request')
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, `${id}.json.gz`)).mode & 0o777).toBe(0o600)
  })

  test('keeps dumps of one moment apart', async () => {
    const dir = folder()
    // As two nodes of one name that share a folder.
    const archives = [1, 2].map(() => new Archive({ ...dumpsDefaults, dir }))
    const written = await Promise.all(
      [...archives, ...archives].map((archive) => archive.write(dumpAt(noon), 'request')),
    )
    expect(new Set(written.map(({ id }) => id)).size).toBe(4)
    expect(archives[0]!.list()).toHaveLength(4)
  })

  test('lets the oldest go when there are too many', async () => {
    const archive = new Archive({ ...dumpsDefaults, dir: folder(), keep: 3 })
    for (let i = 0; i < 6; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await archive.write(dumpAt(noon + i), i % 2 === 0 ? 'end' : 'slo')
    }
    expect(archive.list().map(({ at }) => Date.parse(at) - noon)).toEqual([5, 4, 3])
  })

  test('stays within its bytes, but for a dump that is larger by itself', async () => {
    const dir = folder()
    const { bytes } = await new Archive({ ...dumpsDefaults, dir }).write(dumpAt(noon), 'slo')
    const archive = new Archive({ ...dumpsDefaults, dir, maxBytes: bytes * 2.5 })
    for (let i = 1; i < 5; i++) archive.writeSync(dumpAt(noon + i), 'slo')
    expect(archive.list().map(({ at }) => Date.parse(at) - noon)).toEqual([4, 3])
    new Archive({ keep: 9, dir, maxBytes: 1 }).writeSync(dumpAt(noon + 9), 'slo')
    expect(archive.list()).toHaveLength(1)
  })

  test('leaves alone what is not its own, and lists none of it', async () => {
    const dir = folder()
    const archive = new Archive({ dir, keep: 1, maxBytes: 1 })
    const id = dumpId(noon - 1_000, 'n1', 'slo')
    const foreign = [
      'notes.txt',
      'x.json.gz',
      `${id}.json`,
      `.${id}.json.gz`,
      '.hidden',
      `${id}x.json.gz`,
    ]
    for (const name of foreign) writeFileSync(join(dir, name), 'mine')
    mkdirSync(join(dir, `${id}.json.gz`))
    symlinkSync(join(dir, 'notes.txt'), join(dir, `${dumpId(noon, 'link', 'slo')}.json.gz`))
    const { id: own } = await archive.write(dumpAt(noon), 'slo')
    expect(archive.list().map((dump) => dump.id)).toEqual([own])
    expect(readdirSync(dir)).toHaveLength(foreign.length + 3)
    expect(await archive.read(id)).toBeUndefined()
    expect(await archive.read(dumpId(noon, 'link', 'slo'))).toBeUndefined()
  })

  test('names a damaged dump, and goes on', async () => {
    const dir = folder()
    const archive = new Archive({ ...dumpsDefaults, dir })
    const { id } = await archive.write(dumpAt(noon), 'slo')
    truncateSync(join(dir, `${id}.json.gz`), 20)
    await expect(archive.read(id)).rejects.toThrow(`[not_available] ${id} is damaged`)
    const { id: whole } = await archive.write(dumpAt(noon + 1), 'slo')
    expect(archive.list().map((dump) => dump.id)).toEqual([whole, id])
    expect(archive.remove(id)).toBe(true)
    expect(archive.remove(id)).toBe(false)
  })

  test('leaves nothing of a dump that cannot be written', async () => {
    const dir = folder()
    const archive = new Archive({ ...dumpsDefaults, dir })
    const dump = dumpAt(noon, { facts: { toJSON: () => JSON.parse('{') } as never })
    await expect(archive.write(dump, 'slo')).rejects.toThrow('JSON')
    expect(() => archive.writeSync(dump, 'slo')).toThrow('JSON')
    expect(readdirSync(dir)).toEqual([])
  })

  test('clears away what a process left that died while it wrote', async () => {
    const dir = folder()
    const [stale, fresh] = [noon, noon + 1].map((at) =>
      join(dir, `.${dumpId(at, 'n1', 'slo')}.json.gz.part`),
    )
    for (const path of [stale!, fresh!]) writeFileSync(path, 'half')
    utimesSync(stale!, 0, 0)
    await new Archive({ ...dumpsDefaults, dir }).write(dumpAt(noon), 'slo')
    expect([existsSync(stale!), existsSync(fresh!)]).toEqual([false, true])
  })

  test.each(['../../etc/passwd', '..', '', '/', 'x'.repeat(300), `${dumpId(noon, 'n', 'slo')}\0`])(
    'finds nothing under %j',
    async (id) => {
      const archive = new Archive({ ...dumpsDefaults, dir: folder() })
      expect(await archive.read(id)).toBeUndefined()
      expect(archive.remove(id)).toBe(false)
    },
  )
})

describe('the folder of the archive', () => {
  test('is the first that can be made, and no one else’s', () => {
    const base = folder()
    writeFileSync(join(base, 'file'), '')
    const open = join(base, 'open')
    mkdirSync(join(open, 'dumps'), { recursive: true })
    chmodSync(open, 0o777)
    const elsewhere = join(base, 'link', 'dumps')
    mkdirSync(join(base, 'target', 'dumps'), { recursive: true })
    symlinkSync(join(base, 'target'), join(base, 'link'))
    const bad = [join(base, 'file', 'dumps'), join(open, 'dumps'), elsewhere]
    const good = join(base, 'own', 'dumps')
    expect(openFolder(undefined, [...bad, good])).toBe(good)
    expect(() => openFolder(undefined, bad)).toThrow(
      /^\[not_available\] no folder for dumps: .*file.*only this user.*only this user/s,
    )
  })

  test('is taken as it is when the options name it', () => {
    const base = folder()
    chmodSync(base, 0o777)
    expect(openFolder(base)).toBe(base)
    expect(openFolder(join(base, 'a', 'b'))).toBe(join(base, 'a', 'b'))
  })

  test('is below the user’s state, else below the folder for temporary files', () => {
    const [state, temporary] = defaultFolders({ XDG_STATE_HOME: '/var/state' })
    expect(state).toBe('/var/state/sluice/dumps')
    expect(temporary).toMatch(/sluice-\d+\/dumps$/)
    expect(defaultFolders({ XDG_STATE_HOME: 'relative' })[0]).toMatch(
      /\/\.local\/state\/sluice\/dumps$/,
    )
  })
})

describe('the name of a dump', () => {
  const time = fc.integer({ min: 0, max: Date.UTC(9_999, 0) })
  const trigger = fc.constantFrom(...triggers)

  test('tells when, where and why, whatever the node is called', () => {
    fc.assert(
      fc.property(
        time,
        fc.string({ unit: 'binary', maxLength: 80 }),
        trigger,
        fc.nat(99),
        (at, name, why, n) => {
          const id = dumpId(at, name, why, n + 1)
          expect(id).toMatch(/^[\w.-]{1,140}$/)
          expect(readDumpId(id)).toMatchObject({ at: new Date(at).toISOString(), trigger: why })
        },
      ),
    )
    expect(readDumpId(dumpId(noon, 'a/b-c', 'end', 2))).toMatchObject({ node: 'a_b-c' })
  })

  test('sorts by time', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(dumpId(a, 'n', 'slo') < dumpId(b, 'n', 'slo')).toBe(a < b)
      }),
    )
  })
})

describe('the JSON of a dump', () => {
  test('is the same in pieces, and no piece holds many rows', () => {
    const rows = (many: number): ActorRow[] =>
      Array.from({ length: many }, (_, id) => ({ id: String(id) }) as ActorRow)
    for (const many of [0, 1, 199, 200, 201, 1_000]) {
      const dump = dumpAt(noon, { actors: rows(many), flight: [], reason: { trigger: 'slo' } })
      const pieces = [...jsonPieces({ ...dump, error: undefined } as never)]
      expect(pieces.join('')).toBe(JSON.stringify(dump))
      expect(
        Math.max(...pieces.map((piece) => piece.split('"id"').length - 1)),
      ).toBeLessThanOrEqual(200)
    }
  })
})
