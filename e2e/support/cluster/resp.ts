// Cuts the bytes that Redis sends into whole replies and pushes, so that some of them can be left out (RESP2 and RESP3).

const cr = 13

/** Collects bytes and gives back whole frames. */
export class RespReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The frames that end in these bytes. */
  read(bytes: Buffer): Buffer[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Buffer[] = []
    let at = 0
    for (let end = endOf(all, at); end > 0; end = endOf(all, at)) {
      frames.push(all.subarray(at, end))
      at = end
    }
    this.#rest = all.subarray(at)
    return frames
  }
}

/** True for a published message; what confirms a subscription is a push as well, and none of these. */
export function isMessage(frame: Buffer): boolean {
  return /^[>*]\d+\r\n\$\d+\r\n[ps]?message\r\n/.test(frame.toString('latin1', 0, 40))
}

/** Where the frame that begins here ends; 0 if it is not all there. */
function endOf(bytes: Buffer, at: number): number {
  const line = bytes.indexOf('\r\n', at, 'latin1')
  if (line < 0) return 0
  const next = line + 2
  const count = (): number => Number(bytes.toString('latin1', at + 1, line))
  switch (String.fromCharCode(bytes[at] ?? cr)) {
    case '$':
    case '!':
    case '=': {
      const length = count()
      if (length < 0) return next
      return next + length + 2 <= bytes.length ? next + length + 2 : 0
    }
    case '*':
    case '~':
    case '>':
      return endOfAll(bytes, next, count())
    case '%':
      return endOfAll(bytes, next, count() * 2)
    // Attributes stand before what they are about.
    case '|':
      return endOfAll(bytes, next, count() * 2 + 1)
    default:
      return next
  }
}

function endOfAll(bytes: Buffer, from: number, count: number): number {
  let at = from
  for (let i = 0; i < count; i++) {
    at = endOf(bytes, at)
    if (at === 0) return 0
  }
  return at
}
