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
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Archive, type ArchivedDump } from '../../src/seeing/archive.ts'
import { defaultFolders, openFolder } from '../../src/seeing/archive-folder.ts'
import { dumpId, readDumpId, type Trigger, triggers } from '../../src/seeing/dump-name.ts'
import { dumpsDefaults } from '../../src/seeing/dump-options.ts'
import { folder } from './folder.ts'

const noon = Date.UTC(2026, 10, 26, 12)
const text = `{"schema":"sluice.dump/1","more":"${'öß'.repeat(1_000_000)}"}`
const parts = [text.slice(0, 1), text.slice(1, 2_000_000), text.slice(2_000_000)]

async function* inParts(): AsyncGenerator<string> {
  for (const part of parts) {
    yield part
    // oxlint-disable-next-line no-await-in-loop -- as a dump comes
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const named = (at: number, trigger: Trigger = 'slo') => ({ at, node: 'n1', trigger })

/** Puts a small dump of this time into it. */
const put = (archive: Archive, at: number, trigger?: Trigger): ArchivedDump =>
  archive.writeSync(named(at, trigger), ['{}'])

describe('the archive', () => {
  test('gives back what was written, whichever way', async () => {
    const archive = new Archive({ ...dumpsDefaults, dir: folder() })
    const slow = await archive.write(named(noon, 'request'), inParts())
    const fast = archive.writeSync(named(noon + 1, 'crash'), parts)
    expect(slow).toMatchObject({
      id: '20261126T120000.000Z-n1-request',
      at: '2026-11-26T12:00:00.000Z',
      node: 'n1',
      trigger: 'request',
    })
    expect(String(await archive.read(slow.id))).toBe(text)
    expect(String(await archive.read(fast.id))).toBe(text)
    expect(archive.list()).toEqual([fast, slow])
  })

  test('is for its user only', async () => {
    const dir = join(folder(), 'new', 'dumps')
    const archive = new Archive({ ...dumpsDefaults, dir })
    const { id } = await archive.write(named(noon), inParts())
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, `${id}.json.gz`)).mode & 0o777).toBe(0o600)
  })

  test('keeps dumps of one moment apart', async () => {
    const dir = folder()
    // As two nodes of one name that share a folder.
    const archives = [1, 2].map(() => new Archive({ ...dumpsDefaults, dir }))
    const written = await Promise.all(
      [...archives, ...archives].map((archive) => archive.write(named(noon), inParts())),
    )
    expect(new Set(written.map(({ id }) => id)).size).toBe(4)
    expect(archives[0]!.list()).toHaveLength(4)
    expect(put(archives[0]!, noon).id).toBe(dumpId(noon, 'n1', 'slo', 5))
    expect(archives[0]!.list()).toHaveLength(5)
  })

  test('lets the oldest go when there are too many', () => {
    const archive = new Archive({ ...dumpsDefaults, dir: folder(), keep: 3 })
    for (let i = 0; i < 6; i++) put(archive, noon + i, i % 2 === 0 ? 'end' : 'slo')
    expect(archive.list().map(({ at }) => Date.parse(at) - noon)).toEqual([5, 4, 3])
  })

  test('stays within its bytes, but for a dump that is larger by itself', () => {
    const dir = folder()
    const { bytes } = put(new Archive({ ...dumpsDefaults, dir }), noon)
    const archive = new Archive({ ...dumpsDefaults, dir, maxBytes: bytes * 2.5 })
    for (let i = 1; i < 5; i++) put(archive, noon + i)
    expect(archive.list().map(({ at }) => Date.parse(at) - noon)).toEqual([4, 3])
    put(new Archive({ keep: 9, dir, maxBytes: 1 }), noon + 9)
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
    const { id: own } = put(archive, noon)
    expect(archive.list().map((dump) => dump.id)).toEqual([own])
    expect(readdirSync(dir)).toHaveLength(foreign.length + 3)
    expect(await archive.read(id)).toBeUndefined()
    expect(await archive.read(dumpId(noon, 'link', 'slo'))).toBeUndefined()
  })

  test('names a damaged dump, and goes on', async () => {
    const dir = folder()
    const archive = new Archive({ ...dumpsDefaults, dir })
    const { id } = put(archive, noon)
    truncateSync(join(dir, `${id}.json.gz`), 15)
    await expect(archive.read(id)).rejects.toThrow(`[not_available] ${id} is damaged`)
    const { id: whole } = put(archive, noon + 1)
    expect(archive.list().map((dump) => dump.id)).toEqual([whole, id])
    expect(archive.remove(id)).toBe(true)
    expect(archive.remove(id)).toBe(false)
  })

  test('leaves nothing of a dump that cannot be written', async () => {
    const dir = folder()
    const archive = new Archive({ ...dumpsDefaults, dir })
    const broken = function* (): Generator<string> {
      yield* parts
      throw new Error('no more')
    }
    const later = async function* (): AsyncGenerator<string> {
      yield* broken()
    }
    await expect(archive.write(named(noon), later())).rejects.toThrow('no more')
    expect(() => archive.writeSync(named(noon), broken())).toThrow('no more')
    expect(readdirSync(dir)).toEqual([])
  })

  test('clears away what a process left that died while it wrote', () => {
    const dir = folder()
    const [stale, fresh] = [noon, noon + 1].map((at) =>
      join(dir, `.${dumpId(at, 'n1', 'slo')}.json.gz.part`),
    )
    for (const path of [stale!, fresh!]) writeFileSync(path, 'half')
    utimesSync(stale!, 0, 0)
    put(new Archive({ ...dumpsDefaults, dir }), noon)
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
      fc.property(time, fc.string({ maxLength: 80 }), trigger, fc.nat(99), (at, name, why, n) => {
        const id = dumpId(at, name, why, n + 1)
        expect(id).toMatch(/^[\w.-]{1,140}$/)
        expect(readDumpId(id)).toMatchObject({ at: new Date(at).toISOString(), trigger: why })
      }),
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
