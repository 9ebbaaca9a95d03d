// What a bench is, and how contenders take turns: A B C, A B C, … so that a slow minute hits all of them.

import type { Contender } from './contenders.ts'
import type { Cores } from './machine.ts'
import type { DialectName } from '../swarm/dialect.ts'
import type { Target } from '../swarm/scenario.ts'
import type { Table } from './report.ts'
import { startServer, type Server } from './server.ts'
import { startSwarm, type Swarm } from './swarm.ts'

export interface Settings {
  rounds: number
  /** The measured time of one turn. */
  seconds: number
  /** Who takes part, in the order of the tables. */
  contenders: Contender[]
  cores: Cores | undefined
  /** Nodes of a cluster. */
  nodes: number
  /** Idle connections, messages a second of a sparse fan-out, messages under way of a saturated one. */
  connections: number
  perSecond: number
  window: number
  /** Says how far it is, to whoever waits. */
  progress: (text: string) => void
}

export interface Bench {
  name: string
  /** What it measures, in a few words. */
  about: string
  run: (settings: Settings) => Promise<Table[]>
}

/** What one turn found: a figure per measure, and anything that went wrong. */
export interface Turn {
  figures: Record<string, number>
  notes: string[]
}

export const warmupMs = 1000

/** Runs every contender once a round, each on a fresh server and a fresh swarm. */
export function takeTurns(
  settings: Settings,
  title: string,
  turn: (contender: Contender, server: Server, swarm: Swarm) => Promise<Turn>,
): Promise<Pick<Table, 'entries' | 'notes'>> {
  const { contenders, cores } = settings
  return takeTurnsWith(settings, title, contenders, async (contender) => {
    await using server = await startServer(contender, cores?.server)
    await using swarm = startSwarm(cores?.swarm)
    return await turn(contender, server, swarm)
  })
}

/** The same, where a turn starts by itself what it needs, and ends it. */
export async function takeTurnsWith<One extends { name: string }>(
  settings: Settings,
  title: string,
  contenders: readonly One[],
  turn: (contender: One) => Promise<Turn>,
): Promise<Pick<Table, 'entries' | 'notes'>> {
  const field = contenders.map((contender) => ({ contender, rounds: [] as Turn['figures'][] }))
  const notes = new Map<string, number[]>()
  for (let round = 1; round <= settings.rounds; round += 1) {
    for (const { contender, rounds } of field) {
      settings.progress(`${title} · round ${round} of ${settings.rounds} · ${contender.name}`)
      const { figures, notes: said } = await turn(contender)
      rounds.push(figures)
      for (const note of said) {
        const text = `${contender.name}: ${note}`
        notes.set(text, [...(notes.get(text) ?? []), round])
      }
    }
  }
  return {
    entries: field.map(({ contender, rounds }) => ({ name: contender.name, rounds })),
    notes: [...notes].map(([text, rounds]) => `${text} (round ${rounds.join(', ')})`),
  }
}

/** One server, as the swarm is told of it. */
export function targetOf({ port, pid }: Server, dialect: DialectName): Target {
  return { nodes: [{ port, pid }], dialect }
}

/** "2 s, median of 3 rounds (least–greatest below)" */
export function howMeasured(settings: Settings): string {
  const { seconds, rounds } = settings
  return `${seconds} s` + (rounds > 1 ? `, median of ${rounds} rounds, least–greatest below` : '')
}
