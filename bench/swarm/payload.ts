// The body of every message: a JSON object of an exact size that begins with a mark and a stamp.
//
//   {"at":"~000012345678","pad":"xxxx…"}
//          │└ microseconds on the swarm's clock
//          └ one byte that occurs nowhere else in anything that a server sends
//
// So a message is counted by finding one byte, however many messages share a frame and whatever stands around them.

/** The byte that stands for one message. */
export const mark = '~'.charCodeAt(0)

const stampDigits = 12
const head = '{"at":"~'
const middle = '","pad":"'
const tail = '"}'

/** The smallest body there is. */
export const leastPayloadBytes: number = head.length + stampDigits + middle.length + tail.length

/** A maker of stamped bodies of exactly `bytes` bytes. */
export function createPayload(bytes: number): (nowUs: number) => string {
  if (bytes < leastPayloadBytes)
    throw new RangeError(`a payload has at least ${leastPayloadBytes} bytes, not ${bytes}`)
  const end = middle + 'x'.repeat(bytes - leastPayloadBytes) + tail
  return (nowUs) => head + String(Math.floor(nowUs)).padStart(stampDigits, '0') + end
}

/** The stamp behind the mark at `at`, or NaN if the piece ends before it does. */
export function stampAt(bytes: Buffer, at: number, to: number): number {
  const end = at + 1 + stampDigits
  if (end > to) return Number.NaN
  let stamp = 0
  for (let i = at + 1; i < end; i += 1) stamp = stamp * 10 + bytes[i]! - 48
  return stamp
}
