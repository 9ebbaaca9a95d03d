// What an actor is in the middle of, as bits of one number.

export const Flag = {
  /** In the run queue, or in its slice. */
  queued: 1,
  /** Its handler is on the stack. */
  busy: 2,
  /** A start, receive or stop returned a promise that is still out. */
  awaiting: 4,
  /** `start` is done: there is a state to stop. */
  started: 8,
  /** The reaper has told it of its context's end. */
  ending: 16,
  /** Its children are gone. */
  drained: 32,
  /** Its stop hook was called. */
  stopped: 64,
  /** It starts again once it has stopped. */
  restarting: 128,
  /** Its grace time is over. */
  forced: 256,
  /** Waits to start again. */
  backingOff: 512,
  dead: 1024,
} as const

/** While any of these is set, no message is taken. */
export const notReceiving: number = Flag.awaiting | Flag.ending | Flag.backingOff | Flag.dead
