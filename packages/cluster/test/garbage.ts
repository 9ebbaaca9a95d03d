// Whether the engine has let go of something: the only proof that nothing holds on to it.

import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Those of the references whose objects are still held by somebody. */
export async function stillHeld<T extends object>(references: WeakRef<T>[]): Promise<T[]> {
  // A WeakRef holds its object to the end of the turn in which it was made or asked.
  await turn()
  collect()
  return references.flatMap((reference) => reference.deref() ?? [])
}
