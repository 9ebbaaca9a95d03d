// A scene: something goes wrong in a real node, and a dump is taken. Whoever has the dump and nothing else must see what.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Dump } from '@sluice/core'
import type { NodeConfig } from '@sluice/node'
import { until } from '@sluice/test-support'
import type { Gateway } from '../gateway.ts'
import { openRaw, type RawClient } from '../raw.ts'

export interface Scene {
  readonly name: string
  /** What went wrong, in the words of whoever will be asked. */
  readonly story: string
  /** Makes it go wrong, and takes the dump. */
  readonly play: () => Promise<Dump>
  /** What the dump tells, as `sluice explain` or its groups say it: each must be found. */
  readonly tells: readonly RegExp[]
}

/** A node's configuration in which each of these behaviours has rooms and calls of its own name. */
export function behaving(names: string | readonly string[], more: NodeConfig = {}): NodeConfig {
  const paths = [names].flat().map((name) => {
    return [name, new URL(`../../behaviors/${name}.ts`, import.meta.url).pathname] as const
  })
  return {
    insecure: true,
    adminActions: true,
    log: { level: 'fatal' },
    rooms: { behaviors: Object.fromEntries(paths.map(([name, path]) => [`${name}:*`, path])) },
    rpc: Object.fromEntries(paths),
    ...more,
  }
}

/** A member of the behaviour's room. */
export async function member(gateway: Gateway, name: string): Promise<RawClient> {
  const client = await openRaw(gateway.client)
  await client.call('connect', {})
  await client.call('subscribe', { channel: `${name}:1` })
  return client
}

/** Calls the room's behaviour; not waited for, as it may never be answered. */
export function call(client: RawClient, name: string, data: object = {}): void {
  client.call('rpc', { method: name, data: { room: `${name}:1`, ...data } }).catch(() => undefined)
}

/** A dump in which what the scene is about has happened. */
export function dumpWhen(
  gateway: Gateway,
  what: string,
  looks: (dump: Dump) => boolean,
): Promise<Dump> {
  return until(
    async () => {
      const dump = await gateway.actors()
      return looks(dump) && dump
    },
    { what },
  )
}

const unpack = promisify(gunzip)

/** The dump that a node has written into this folder for this reason. */
export async function archived(folder: string, trigger: string): Promise<Dump> {
  const file = await until(
    async () => {
      const names = await readdir(folder).catch(() => [])
      return names.find((name) => name.endsWith(`-${trigger}.json.gz`))
    },
    { what: `there is a dump for ${trigger}` },
  )
  return JSON.parse((await unpack(await readFile(join(folder, file)))).toString()) as Dump
}
