// The stack of the main thread, taken from another thread of the process through the inspector: it stops the main thread
// where it is, in whatever loop, and lets it go on.
//
//   this thread ─ enable, pause ─▶ main thread, at its next step of JavaScript ─ paused ─▶ looks ─ resume, disable ─▶
//
// Enabling costs the main thread some 130 ms, as it tells of every script that there is. One that is in native code (a
// synchronous read, a hash of a password) does not step. It is waited for a while; then what it has not heard is taken
// back: it hears everything in order, so that the pause has been lifted before it can begin.

import { Session, type Debugger } from 'node:inspector'
import type { StackFrame } from '@sluice/core'

/** How long the main thread is waited for. */
const patienceMs = 5_000
const mostFrames = 64

/** Where the main thread is; without a stack, why there is none. */
export type MainStack = { stack: StackFrame[] } | { why: string }

/**
 * Looks where the main thread is. `look` is called once, while it stands still, or when that could not be had; what it
 * returns is part of the result.
 */
export async function takeMainStack<Seen extends object>(
  look: () => Seen,
): Promise<Seen & MainStack> {
  const session = new Session()
  try {
    session.connectToMainThread()
  } catch (error) {
    return { ...look(), why: `no stack: the inspector is not to be had: ${String(error)}` }
  }
  const found = Promise.withResolvers<Seen & MainStack>()
  let over = false
  const late = setTimeout(() => {
    over = true
    found.resolve({ ...look(), why: 'no stack: the main thread is in native code' })
  }, patienceMs)
  // Frames name their script by its number only.
  const scripts = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => {
    scripts.set(params.scriptId, params.url)
  })
  session.on('Debugger.paused', ({ params }) => {
    try {
      if (over) return
      const frames = params.callFrames.slice(0, mostFrames)
      const stack = frames.map((frame) =>
        frameOf(frame, scripts.get(frame.location.scriptId) ?? ''),
      )
      found.resolve({ ...look(), stack })
    } catch (error) {
      found.reject(error)
    } finally {
      session.post('Debugger.resume')
    }
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
  try {
    return await found.promise
  } finally {
    clearTimeout(late)
    // Not before it was heard: who paused must stay to let go.
    session.post('Debugger.disable', () => session.disconnect())
  }
}

function frameOf({ functionName, location }: Debugger.CallFrame, url: string): StackFrame {
  // What is Node's own keeps its whole name, `node:internal/timers`.
  const file = url.startsWith('node:') ? url : url.slice(url.lastIndexOf('/') + 1)
  return {
    function: functionName || '(anonymous)',
    at: file === '' ? '' : `${file}:${location.lineNumber + 1}`,
  }
}
