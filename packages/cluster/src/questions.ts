// One question to one node, within its time.

import { type Clock, SluiceError } from '@sluice/core'
import type { BusHost, Question } from './bus.ts'

/** The host's answer; fails with `ask_timeout`, or with `ask_failed` and the host's words. */
export function askWithin(clock: Clock, host: BusHost, asked: Question): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const cancel = clock.after(asked.timeoutMs, () => {
    reject(new SluiceError('ask_timeout', `no answer within ${asked.timeoutMs} ms`))
  })
  answer(host, asked).then(resolve, reject)
  return promise.finally(cancel)
}

/** What the host says; every failure of it is `ask_failed`, but for having no answers at all. */
export async function answer(host: BusHost, asked: Question): Promise<string> {
  if (host.answer === undefined) throw new SluiceError('not_available', 'the node answers nothing')
  try {
    return await host.answer(asked)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new SluiceError('ask_failed', words, { cause: error })
  }
}
