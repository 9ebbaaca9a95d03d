// What a behaviour shows of one of its actors with `inspect()`: asked for only when somebody looks at that actor. Of the kernel's
// own objects, which states are full of, a name must do: behind them are all the others.

import { Actor } from '../../actor.ts'
import { Ask } from '../../ask.ts'
import { Context } from '../../context.ts'
import { Flag } from '../../flags.ts'
import { isPromise } from '../../maybe.ts'
import { System } from '../../system.ts'
import { Wait } from '../../waits.ts'
import { Timer } from '../../wheel.ts'
import { boundJson, type Json } from '../bounded-json.ts'
import { printThrown } from '../escape.ts'

const longestFault = 200

/** As JSON, cut where it is long; one that throws is said in its place. Undefined when its behaviour shows nothing. */
export function inspectActor(actor: Actor): Json | undefined {
  const { behavior, flags, state } = actor
  if ((flags & Flag.started) === 0 || behavior.inspect === undefined) return undefined
  try {
    const shown = behavior.inspect(state)
    // Nobody waits for it, and nobody would hear of its failure.
    if (isPromise(shown)) shown.then(undefined, () => undefined)
    return boundJson(shown, { words: kernelWords })
  } catch (error) {
    return `failed: ${printThrown(error, longestFault)}`
  }
}

function kernelWords(value: object): string | undefined {
  if (value instanceof Actor) return value.name
  const [name] = kernelObjects.find(([, type]) => value instanceof type) ?? []
  return name && `[${name}]`
}

const kernelObjects = [
  ['Context', Context],
  ['Timer', Timer],
  ['Hold', Wait],
  ['Reply', Ask],
  ['System', System],
] as const
