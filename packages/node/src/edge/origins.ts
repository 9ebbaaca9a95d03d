// Which pages may open a socket here. A browser sends the page's origin with every upgrade, and cookies whatever the
// origin: without this check any site could talk to the gateway in its visitor's name (CWE-1385).
//
//   https://app.example.com     this origin
//   https://*.example.com       any host below example.com, at any depth; not example.com, not prefix-example.com
//   http://localhost:*          any port
//   null                        sandboxed frames and local files, which share this one name
//   *                           every origin
//
// No list: only pages served from the host the request is addressed to. No Origin header: not a browser, admitted.

/** Whether a request with these two headers may become a socket. */
export type OriginCheck = (origin: string | undefined, host: string | undefined) => boolean

interface Pattern {
  scheme: string
  host: string
  /** Whether `host` stands for every host that ends in it. */
  below: boolean
  /** Empty for the scheme's default port, `*` for any. */
  port: string
}

/** The check for a list of allowed origins. Entries that are no origins are an error: see `isOriginPattern`. */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  if (allowed.length === 0) return sameHost
  const exact = new Set<string>()
  const patterns: Pattern[] = []
  for (const entry of allowed) {
    // An empty header is not an origin, so not even "every origin" covers it.
    if (entry === '*') return (origin) => origin !== ''
    const pattern = parsePattern(entry)
    if (entry === 'null') exact.add(entry)
    else if (!pattern) throw new TypeError(`not an origin: ${entry}`)
    else if (pattern.below || pattern.port === '*') patterns.push(pattern)
    else exact.add(serialize(pattern))
  }
  return (origin) => {
    if (origin === undefined || exact.has(origin)) return true
    if (patterns.length === 0) return false
    const given = parseOrigin(origin)
    return given !== undefined && patterns.some((pattern) => matches(pattern, given))
  }
}

/** Whether an entry of the list means something. */
export function isOriginPattern(entry: string): boolean {
  return entry === '*' || entry === 'null' || parsePattern(entry) !== undefined
}

/** The page comes from the very host it calls. The scheme is not compared: TLS may have ended before this process. */
function sameHost(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true
  const given = parseOrigin(origin)
  if (!given || host === undefined || !(given.scheme in defaultPorts)) return false
  const called = splitPort(host.toLowerCase())
  if (!called) return false
  const port = called.port === defaultPorts[given.scheme] ? '' : called.port
  return called.host === given.host && port === given.port
}

type Origin = Omit<Pattern, 'below'>

const defaultPorts: Record<string, string> = { http: '80', https: '443' }

function matches(pattern: Pattern, given: Origin): boolean {
  if (pattern.scheme !== given.scheme) return false
  if (pattern.port !== '*' && pattern.port !== given.port) return false
  if (!pattern.below) return pattern.host === given.host
  // The dot belongs to the suffix, so that prefix-example.com does not end in it (CVE-2022-42975).
  return given.host.length > pattern.host.length && given.host.endsWith(pattern.host)
}

/**
 * An Origin header as RFC 6454 §6.2 serializes it: lower case, no path, no user. Nothing is mended: browsers send
 * exactly this form, so any other text is not from a browser and matches nothing.
 */
function parseOrigin(text: string): Origin | undefined {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9._:[\]-]+)$/.exec(text)
  const address = parts && splitPort(parts[2]!)
  if (!address || !isHost(address.host)) return undefined
  return { scheme: parts[1]!, ...address }
}

/** An entry of the list, written by a person: case, a default port and letters beyond ASCII are mended. */
function parsePattern(entry: string): Pattern | undefined {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/?#@\\\s*]+?)(:\*)?$/i.exec(entry)
  if (!parts)
    return entry === 'file://' ? { scheme: 'file', host: '', below: false, port: '' } : undefined
  const scheme = parts[1]!.toLowerCase()
  const below = parts[2] !== undefined
  const address = splitPort(asciiHost(parts[3]!))
  if (!address || !isHost(address.host) || (parts[4] && address.port !== '')) return undefined
  if (below && (address.host.startsWith('[') || !address.host.includes('.'))) return undefined
  const port = address.port === defaultPorts[scheme] ? '' : address.port
  return {
    scheme,
    host: below ? `.${address.host}` : address.host,
    below,
    port: parts[4] ? '*' : port,
  }
}

function serialize({ scheme, host, port }: Pattern): string {
  return `${scheme}://${host}${port === '' ? '' : `:${port}`}`
}

/** `host`, `host:port`, `[::1]:port`. */
function splitPort(text: string): { host: string; port: string } | undefined {
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text)
  return parts ? { host: parts[1]!, port: parts[2] ?? '' } : undefined
}

/** Labels of letters, digits and hyphens; no empty label, so no trailing dot either. Or an IPv6 address. */
function isHost(host: string): boolean {
  return host.startsWith('[') || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host)
}

/** The host a browser would send for this one: lower case, and punycode for letters beyond ASCII. */
function asciiHost(text: string): string {
  const lower = text.toLowerCase()
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is meant
  if (/^[\x00-\x7f]*$/.test(lower)) return lower
  // A special scheme makes the URL parser convert the host; the entry's own scheme need not be one.
  return URL.parse(`http://${lower}`)?.host ?? ''
}
