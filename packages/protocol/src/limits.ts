// What one frame may ask of the decoder. Its size in bytes is the socket's business: a frame that is too big ends
// with 1009 before it gets here.

export interface DecodeLimits {
  /** Commands in one frame, and rooms in one `connect.subs`. A client that reconnects sends one for each room. Default 512. */
  readonly maxCommands: number
  /** Objects and arrays inside each other; the command itself is the first. Default 64. */
  readonly maxDepth: number
  /** UTF-16 units of a name: room, RPC method, client name and version, epoch. Default 255. */
  readonly maxNameLength: number
  /** UTF-16 units of a connection or subscription token. Default 16,384. */
  readonly maxTokenLength: number
}

export const decodeDefaults: DecodeLimits = Object.freeze({
  maxCommands: 512,
  maxDepth: 64,
  maxNameLength: 255,
  maxTokenLength: 16_384,
})

// A `connect` with `subs` is four deep by itself. JSON.stringify recurses, so what is decoded must stay far from the
// end of the stack when it is encoded again.
const bounds: { readonly [K in keyof DecodeLimits]: readonly [least: number, most: number] } = {
  maxCommands: [1, 1_000_000],
  maxDepth: [4, 1_000],
  maxNameLength: [1, 65_535],
  maxTokenLength: [1, 1_048_576],
}

/** The defaults with the given limits over them; a RangeError names the limit that makes no sense. */
export function resolveDecodeLimits(given: Partial<DecodeLimits> = {}): DecodeLimits {
  for (const [key, value] of Object.entries(given)) {
    if (!isLimit(key)) throw new RangeError(`unknown decode limit ${key}`)
    const [least, most] = bounds[key]
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${key} must be an integer from ${least} to ${most}`)
    }
  }
  return Object.freeze({ ...decodeDefaults, ...given })
}

function isLimit(key: string): key is keyof DecodeLimits {
  return Object.hasOwn(bounds, key)
}
