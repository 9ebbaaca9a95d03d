// Server frames (RFC 6455 section 5.2): unmasked text, built once and shared by all who get it.
//
//   0x81 | length (7 bits, or 126 + 16, or 127 + 64) | UTF-8 text

/** Longer texts become several frames in one buffer, cut between messages, so that no client must hold megabytes at once. */
const longestFrame = 262_144

/** One text as one frame. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x81
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, header)
  return frame
}

/** Messages joined by line breaks, as one buffer of as few frames as the limit allows. */
export function messageFrames(messages: readonly string[]): Buffer {
  const [first] = messages
  if (first !== undefined && messages.length === 1) return textFrame(first)
  let length = 0
  for (const message of messages) length += message.length + 1
  if (length <= longestFrame) return textFrame(messages.join('\n'))
  const frames: Buffer[] = []
  for (let from = 0; from < messages.length;) {
    let to = from
    for (let size = 0; to < messages.length; to++) {
      size += messages[to]!.length + 1
      if (size > longestFrame && to > from) break
    }
    frames.push(textFrame(messages.slice(from, to).join('\n')))
    from = to
  }
  return Buffer.concat(frames)
}
