// What the parts of the Redis bus need of Redis, and nothing more: a script by its keys and arguments, a plain command,
// a message. The keys of one call share a hash slot, so that a cluster can serve it.

/** A Lua script; sent by its digest, with its source when Redis does not know it. */
export interface Script {
  readonly name: string
  readonly source: string
}

/** What goes into a command. Arrays are refused: ioredis would flatten them into further arguments. */
export type Argument = string | number | Buffer

/** As Redis answers it: integers as numbers, texts as Buffers or strings, lists as arrays. */
export type Answer = unknown

export interface Commands {
  /**
   * Runs a script. Rejects with `not_available` when there is no link, or when the link was lost or silent before the answer came: then
   * nobody knows whether it ran. Calls of one slot run in the order in which they were made.
   */
  run(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly Argument[],
  ): Promise<Answer>
  /** Runs one command whose first argument is its key. Fails as `run` does. Replies come as strings. */
  call(command: string, key: string, ...args: readonly Argument[]): Promise<Answer>
}

/** Which slots are meant. With one server there is only one, 0. */
export type Slots = (slot: number) => boolean

/** What this node hears. */
export interface Channels {
  slotOf(channel: string): number
  /** True while commands about the slot have somewhere to go. */
  reaches(slot: number): boolean
  /** Resolves when Redis has acknowledged it. */
  want(channel: string): Promise<void>
  /** Resolves when nothing more is sent to us, at once without a link. */
  drop(channel: string): Promise<void>
  /** Takes a channel back that could not be subscribed to. */
  forget(channel: string): void
}

/** Messages from node to node, at most once: what is lost is noticed by its deadline. */
export interface Post {
  /** Sends to one node, by its uid. False when there is no link. */
  send(node: string, message: Buffer): boolean
}
