// What nodes of a cluster said, and sentences about those that said nothing.

import { AdminError } from './admin.ts'
import { clean } from './table.ts'

/** As `/debug` answers for several nodes. */
export interface Reached<View> {
  nodes: { node: string; view: View }[]
  refused: { node: string; message: string }[]
  silent: string[]
  /** Why no other was asked. */
  unreachable?: string
}

/** The same; when nobody answered, that is the command's failure. */
export function answered<View>(reached: Reached<View>): Reached<View> {
  if (reached.nodes.length === 0) throw new AdminError(missingOf(reached).join('; '))
  return reached
}

/** Who is missing in an answer, a line each. */
export function missingOf({ refused, silent, unreachable }: Reached<unknown>): string[] {
  return [
    ...(unreachable === undefined ? [] : [clean(unreachable)]),
    ...refused.map(({ node, message }) => clean(`${node}: ${message}`)),
    ...silent.map((node) => clean(`${node} did not answer`)),
  ]
}
