// Who is in a room, wherever: what each node told of its members. Whoever asked for the roll hears of each client once when it comes
// and once when it goes, however often a node repeats itself.

import type { ClientInfo } from '@sluice/cluster'
import type { Report } from './remote.ts'

/** Who hears of the changes. */
export interface RollListener {
  joined: (client: ClientInfo) => void
  left: (client: ClientInfo) => void
}

interface Page {
  readonly clients: Map<string, ClientInfo>
  heardAt: number
  /** While a node tells all of its members: those it has not named yet. */
  doubted: Set<string>
}

export class Roll {
  readonly #listener: RollListener
  readonly #pages = new Map<string, Page>()

  constructor(listener: RollListener) {
    this.#listener = listener
  }

  /** Takes what a node tells; false when it must tell all of its members first. */
  take(node: string, report: Report, now: number): boolean {
    let page = this.#pages.get(node)
    if (report.first) {
      page ??= { clients: new Map(), heardAt: now, doubted: new Set() }
      page.doubted = new Set(page.clients.keys())
      this.#pages.set(node, page)
    }
    if (page === undefined) return false
    page.heardAt = now
    for (const { type, client } of report.changes) {
      page.doubted.delete(client.client)
      if (type === 'joined') this.#join(page, client)
      else this.#leave(page, client.client)
    }
    if (!report.last) return true
    for (const client of page.doubted) this.#leave(page, client)
    page.doubted = new Set()
    return true
  }

  /** Members of nodes that told nothing since `before` are gone with them; `except` tells by other ways. */
  expire(before: number, except: string): void {
    for (const [node, page] of this.#pages) {
      if (node === except || page.heardAt >= before) continue
      this.#pages.delete(node)
      for (const client of page.clients.keys()) this.#leave(page, client)
    }
  }

  /** Forgets everything; nobody hears of it. */
  clear(): void {
    this.#pages.clear()
  }

  /** Whether a node has told all of its members. */
  knows(node: string): boolean {
    return this.#pages.has(node)
  }

  /** The nodes with members, but for one. */
  nodes(except: string): string[] {
    return [...this.#pages.keys()].filter((node) => node !== except && this.#isPeopled(node))
  }

  /** Whether any node but one has members. */
  isPeopled(except: string): boolean {
    for (const node of this.#pages.keys()) {
      if (node !== except && this.#isPeopled(node)) return true
    }
    return false
  }

  clients(): ClientInfo[] {
    return [...this.#pages.values()].flatMap((page) => [...page.clients.values()])
  }

  #isPeopled(node: string): boolean {
    return (this.#pages.get(node)?.clients.size ?? 0) > 0
  }

  #join(page: Page, client: ClientInfo): void {
    if (page.clients.has(client.client)) return
    page.clients.set(client.client, client)
    this.#listener.joined(client)
  }

  #leave(page: Page, name: string): void {
    const client = page.clients.get(name)
    if (client === undefined) return
    page.clients.delete(name)
    this.#listener.left(client)
  }
}
