// Actors in whose id, behaviour or label a text stands. What the table has is asked first: only of those where it is not found
// there is the label read, which is code of their behaviour's.

import type { System } from '../../system.ts'
import { idOf, type Table } from '../../table.ts'

/** Says whether the text is found at a row of a copy of the table, large and small letters being alike. */
export type Search = (table: Table, row: number) => boolean

/** Labels are those of now, and an actor that is dead by now has none any more. */
export function createSearch({ actors, names }: System, text: string): Search {
  const wanted = text.toLowerCase()
  const has = (words: string): boolean => words.toLowerCase().includes(wanted)
  const named: boolean[] = []
  return (table, row) => {
    const code = table.behavior[row]!
    const generation = table.generation[row]!
    if ((named[code] ??= has(names.name(code))) || has(idOf(row, generation))) return true
    const actor = actors[row]
    return actor?.generation === generation && has(actor.label())
  }
}
