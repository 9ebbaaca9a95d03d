// What is wrong with this node, short enough to be asked of every node at once: the part of an explanation that is read first,
// and the figures by which nodes are told apart.

import type { Blocked, BlockedFamilyName, LintReport, WaitGraph, WaitRoot } from '@sluice/core'
import type { Services } from '../services.ts'

/** The names of `/debug/vars` by which nodes are told apart. */
export const toldApartBy = [
  'ready',
  'version',
  'uptime_seconds',
  'actors',
  'actors_waiting',
  'orphans',
  'sockets',
  'connections',
  'blocked',
  'queue_bytes',
  'loop_lag_p99_ms',
  'loop_lag_max_ms',
  'gc_pause_max_ms',
  'rss_bytes',
] as const

export interface NodeLints {
  node: string
  lints: LintReport
  /** Those on whom most others wait, directly or not; the first of them, and how many there are. */
  roots: Pick<WaitRoot, 'id' | 'behavior' | 'all' | 'ms' | 'words'>[]
  rootCount: number
  /** Circles of waits. */
  cycleCount: number
  /** Actors that do not go on, of all, and by family. */
  blocked: { of: number; count: number; families: Record<BlockedFamilyName, number> }
  figures: Record<string, number | string>
}

const mostRoots = 5

/** The lints of now, from the thread that explains; those who ask for the same at the same time share its work. */
export async function viewLints(services: Services): Promise<NodeLints> {
  const { explainer, figures, options } = services
  const { lints, blocked, graph } = JSON.parse(
    await explainer.explain(['lints', 'blocked', 'graph']),
  ) as { lints: LintReport; blocked: Blocked; graph: WaitGraph }
  const vars = figures()
  return {
    node: options.name,
    lints,
    roots: graph.roots
      .slice(0, mostRoots)
      .map(({ id, behavior, all, ms, words }) => ({ id, behavior, all, ms, words })),
    rootCount: graph.rootCount,
    cycleCount: graph.cycleCount,
    blocked: {
      of: blocked.of,
      count: blocked.count,
      families: Object.fromEntries(
        blocked.families.map(({ family, count }) => [family, count]),
      ) as Record<BlockedFamilyName, number>,
    },
    figures: Object.fromEntries(toldApartBy.map((name) => [name, vars[name] ?? 0])),
  }
}
