// The text that goes into a close frame beside its code. It has a size (RFC 6455 §5.5: a control frame carries 125
// bytes, two of them are the code), and clients read more into it than a text: they try it as JSON first, for an advice
// of older servers. A reason such as `42` would then overrule the code, and with an empty one they never look at the
// code and reconnect even after 3500. So a reason from outside (an operator, a behaviour) goes through here.

/** UTF-8 bytes that fit beside the code. */
const maxBytes = 123

/** The reason as a client will understand it: at most 123 bytes, not empty, not JSON. */
export function closeReason(reason: string): string {
  const fitting = fit(reason)
  if (fitting === '') return 'disconnected'
  return isJson(fitting) ? fit(`disconnected: ${fitting}`) : fitting
}

/** Cuts between code points, never inside one. */
function fit(text: string): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > maxBytes) return text.slice(0, end)
    end += character.length
  }
  return text
}

function utf8Length(character: string): number {
  if (character.length === 2) return 4
  const unit = character.charCodeAt(0)
  // A lone surrogate is sent as U+FFFD, three bytes like its neighbours.
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
