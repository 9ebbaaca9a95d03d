// Dumps on disk: one file each, `<id>.json.gz`, which only this user may read. A dump is there as a whole or not at all:
// it grows under another name, which is taken exclusively, and gets its own when it is complete. When there are too many,
// or they take too much, the oldest go. What is no dump by its name is nobody's business here.
//
// Several nodes may share one archive; the bounds are then those of all of them together.

import {
  closeSync,
  constants,
  createWriteStream,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip as gunzipWithCallback, gzipSync } from 'node:zlib'
import { SluiceError } from '@sluice/core'
import { openFolder } from './archive-folder.ts'
import { dumpId, type DumpName, readDumpId, type Trigger } from './dump-name.ts'
import { type DumpsOptions, dumpsDefaults } from './dump-options.ts'

/** Where it is, and how much it holds. */
export type ArchiveOptions = Pick<DumpsOptions, 'dir' | 'keep' | 'maxBytes'>

/** What a dump is called by. */
export interface NewDump {
  /** When it is taken: milliseconds since the epoch. */
  at: number
  /** The node's name. */
  node: string
  trigger: Trigger
}

/** A dump that lies in the archive. */
export interface ArchivedDump extends DumpName {
  /** As it lies there: compressed. */
  bytes: number
}

const suffix = '.json.gz'
const partSuffix = '.part'
/** What a process left behind that died while it wrote. Nothing takes so long to write. */
const staleMs = 600_000
/** What a dump may be, unpacked: what is larger was not written here. */
const maxTextBytes = 512 * 1_048_576

const gunzip = promisify(gunzipWithCallback)

export class Archive {
  readonly #options: ArchiveOptions
  #folder: string | undefined = undefined

  constructor(options: ArchiveOptions = dumpsDefaults) {
    this.#options = options
  }

  /** Where it is; made when first asked for. Throws `not_available` when there is no place for it. */
  get folder(): string {
    this.#folder ??= openFolder(this.#options.dir)
    return this.#folder
  }

  /** Writes a dump as its text comes. */
  async write(name: NewDump, text: AsyncIterable<string>): Promise<ArchivedDump> {
    const file = this.#begin(name)
    try {
      // The stream owns the descriptor from here on, and closes it whatever happens.
      await pipeline(text, createGzip(), createWriteStream('', { fd: file.fd }))
    } catch (error) {
      remove(file.part)
      throw error
    }
    return this.#finish(file)
  }

  /** The same at once, for those who have no other turn. */
  writeSync(name: NewDump, pieces: Iterable<string>): ArchivedDump {
    const file = this.#begin(name)
    try {
      // Each is a member of the file, which is read as one: so it is never in memory as a whole.
      for (const text of joined(pieces)) writeAll(file.fd, gzipSync(text, { level: 1 }))
    } catch (error) {
      remove(file.part)
      throw error
    } finally {
      closeSync(file.fd)
    }
    return this.#finish(file)
  }

  /** What there is, the newest first. */
  list(): ArchivedDump[] {
    const { folder } = this
    const found: ArchivedDump[] = []
    for (const name of readdirSync(folder)) {
      const told = name.endsWith(suffix) ? readDumpId(name.slice(0, -suffix.length)) : undefined
      const bytes = told && sizeOf(join(folder, name))
      if (told && bytes !== undefined) found.push({ ...told, bytes })
    }
    return found.sort((a, b) => (a.id < b.id ? 1 : -1))
  }

  /** Whether there is a dump of this name, which may come from anywhere. */
  has(id: string): boolean {
    return readDumpId(id) !== undefined && sizeOf(join(this.folder, id + suffix)) !== undefined
  }

  /** A dump's JSON; undefined when there is none of this name, which may come from anywhere. Rejects when it is damaged. */
  async read(id: string): Promise<Buffer | undefined> {
    const packed = this.#readPacked(id)
    if (packed === undefined) return undefined
    try {
      return await gunzip(packed, { maxOutputLength: maxTextBytes })
    } catch (error) {
      throw new SluiceError('not_available', `${id} is damaged`, { cause: error })
    }
  }

  /** Takes a dump out; false when there is none of this name. */
  remove(id: string): boolean {
    return readDumpId(id) !== undefined && remove(join(this.folder, id + suffix))
  }

  #begin({ at, node, trigger }: NewDump): { id: string; part: string; fd: number } {
    const { folder } = this
    for (let again = 1; again <= mostOfOneName; again++) {
      const id = dumpId(at, node, trigger, again)
      const part = join(folder, `.${id}${suffix}${partSuffix}`)
      try {
        const fd = openSync(part, 'wx', 0o600)
        // Whoever wants this name needs this part first: between this look and the new name nobody can take it.
        if (sizeOf(join(folder, id + suffix)) === undefined) return { id, part, fd }
        closeSync(fd)
        remove(part)
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error
      }
    }
    throw new SluiceError('capacity_exceeded', 'too many dumps in one millisecond')
  }

  #finish({ id, part }: { id: string; part: string }): ArchivedDump {
    const path = join(this.folder, id + suffix)
    renameSync(part, path)
    const written = { ...readDumpId(id)!, bytes: sizeOf(path) ?? 0 }
    this.#prune(written)
    return written
  }

  #readPacked(id: string): Buffer | undefined {
    if (readDumpId(id) === undefined) return undefined
    let fd: number
    try {
      fd = openSync(join(this.folder, id + suffix), constants.O_RDONLY | constants.O_NOFOLLOW)
    } catch {
      return undefined
    }
    try {
      return fstatSync(fd).isFile() ? readFileSync(fd) : undefined
    } finally {
      closeSync(fd)
    }
  }

  #prune(newest: ArchivedDump): void {
    const { keep, maxBytes } = this.#options
    let count = 1
    let bytes = newest.bytes
    for (const dump of this.list()) {
      if (dump.id === newest.id) continue
      count++
      bytes += dump.bytes
      if (count > keep || bytes > maxBytes) this.remove(dump.id)
    }
    for (const name of readdirSync(this.folder)) {
      const id = name.slice(1, -suffix.length - partSuffix.length)
      if (name !== `.${id}${suffix}${partSuffix}` || readDumpId(id) === undefined) continue
      const path = join(this.folder, name)
      const touched = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
      if (Date.now() - touched > staleMs) remove(path)
    }
  }
}

const mostOfOneName = 100
const chunkLength = 1_048_576

/** Texts, joined to larger ones. */
function* joined(pieces: Iterable<string>): Generator<string, void, undefined> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < chunkLength) continue
    yield text
    text = ''
  }
  yield text
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) at += writeSync(fd, bytes, at)
}

/** The size of a file; undefined when there is none, or something else of this name. */
function sizeOf(path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : undefined
}

/** Another process may have been faster. */
function remove(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
