// What a room may be called (protocol.md): a name ends up in dumps, logs and Redis keys.

/** 1 to 255 characters of printable ASCII without spaces. */
export function isRoomName(name: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(name)
}
