// A folder of static files, for a page to try a node with. Nothing outside the folder, no hidden file and no listing is
// ever sent: a path is taken apart into plain names, and what it leads to, links followed, must lie in the folder.

import type { Stats } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sendError } from './answer.ts'
import { ClientGone } from './body.ts'
import type { Route } from './routes.ts'

/** Serves the files of a folder, each with these headers; a path that ends in `/` stands for the `index.html` there. */
export function createSite(folder: string, more: OutgoingHttpHeaders = {}): Route {
  return {
    async GET(request, response, url) {
      const names = namesOf(url.pathname)
      const found = names && (await find(folder, names))
      if (!found) return sendError(response, 404, 'not found')
      if (found.stats.isDirectory()) {
        // Else the links of its page would lead beside it. No `//` gets here, so it stays on this host.
        response.writeHead(301, { Location: `${url.pathname}/${url.search}` }).end()
        return
      }
      await send(request, response, found, more)
    },
  }
}

interface Found {
  readonly path: string
  readonly stats: Stats
}

/** The names in a path, decoded; undefined when one is not the plain name of a file that may be seen. */
function namesOf(pathname: string): string[] | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  const names = decoded.slice(1).split('/')
  if (names.at(-1) === '') names[names.length - 1] = 'index.html'
  return names.every(isPlain) ? names : undefined
}

/** Not empty, not hidden (which `..` is too), and no separator of any system in it. */
function isPlain(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- no file system call takes a NUL
  return /^[^.\\\0][^\\\0]*$/.test(name)
}

/** The file or folder behind these names, if it lies in the folder. */
async function find(folder: string, names: readonly string[]): Promise<Found | undefined> {
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, ...names))
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined
    const stats = await stat(path)
    return stats.isFile() || stats.isDirectory() ? { path, stats } : undefined
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

const absent = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'])

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { path, stats }: Found,
  more: OutgoingHttpHeaders,
): Promise<void> {
  const tag = `W/"${stats.size.toString(16)}-${Math.trunc(stats.mtimeMs).toString(16)}"`
  const headers = {
    ETag: tag,
    'Last-Modified': stats.mtime.toUTCString(),
    // Kept, and asked for again each time: an edited page shows at once.
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    ...more,
  }
  if (isFresh(request, tag, stats)) {
    response.writeHead(304, headers).end()
    return
  }
  const file = await open(path)
  try {
    response.writeHead(200, {
      ...headers,
      'Content-Type': types[extname(path).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': stats.size,
    })
    // A file that grows meanwhile must not outgrow its announced length.
    const content = file.createReadStream({ autoClose: false, end: Math.max(0, stats.size - 1) })
    if (request.method === 'HEAD' || stats.size === 0) response.end()
    else await pipeline(content, response)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
    throw new ClientGone('the connection closed', { cause: error })
  } finally {
    await file.close()
  }
}

/** Whether the browser's copy is good (RFC 9110 section 13.2.2: the tag counts before the date). */
function isFresh({ headers }: IncomingMessage, tag: string, stats: Stats): boolean {
  const known = headers['if-none-match']
  if (known !== undefined) return known === '*' || known.split(/\s*,\s*/).includes(tag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return Math.trunc(stats.mtimeMs / 1_000) * 1_000 <= since
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
