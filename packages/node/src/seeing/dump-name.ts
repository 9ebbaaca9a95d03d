// What a dump is called: when it was taken, on which node, and why. Names sort by time.
//
//   20261126T105515.123Z-node-1-stall       20261126T105515.123Z-node-1-stall-2, where that one is taken

import type { DumpReason } from '@sluice/core'

/** What starts a dump. */
export type Trigger = DumpReason['trigger']

export const triggers: readonly Trigger[] = [
  ...(['request', 'signal', 'slo', 'alert', 'crash', 'stall', 'heap', 'end'] as const),
]

/** What the name of a dump tells. */
export interface DumpName {
  id: string
  /** When it was taken, as ISO 8601. */
  at: string
  /** The node's name, as far as it fits into a file's. */
  node: string
  trigger: Trigger
}

const longestNode = 64
const form = new RegExp(
  `^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)\\.(\\d{3})Z-([\\w.-]{1,${longestNode}})-(${triggers.join('|')})(-[1-9]\\d{0,2})?$`,
)

/** The name of a dump taken at this wall time; `again` counts those that would be called the same, from 1. */
export function dumpId(at: number, node: string, trigger: Trigger, again = 1): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]/g, '')
  const name = node.replaceAll(/[^\w.-]/g, '_').slice(0, longestNode) || 'node'
  return `${time}-${name}-${trigger}${again === 1 ? '' : `-${again}`}`
}

/** What a name tells; undefined when it is none. So it is also the check of names that come from outside. */
export function readDumpId(id: string): DumpName | undefined {
  const [, year, month, day, hour, minute, second, ms, node, trigger] = form.exec(id) ?? []
  if (node === undefined) return undefined
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`
  return { id, at, node, trigger: trigger as Trigger }
}
