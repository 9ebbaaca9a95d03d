// A node with many actors that reads its own metrics again and again.
//
//   node reading.ts <actors>     prints what one reading took: {"cpuMs":…,"wallMs":…,"bytes":…}

import { defineBehavior } from '@sluice/core'
import { resolveOptions, startNode } from '@sluice/node'
import { nsEach, until } from '../kernel/cost.ts'

const many = Number(process.argv[2])
const readings = 20

const leaf = defineBehavior({ name: 'leaf', start: () => null, receive: () => undefined })
const { options } = resolveOptions({
  insecure: true,
  port: 0,
  adminPort: 0,
  dumps: { watchdog: false, rules: [] },
})
const node = await startNode(options)
for (let i = 0; i < many; i++) node.system.spawn(leaf)
await until(() => node.system.table.population[0]! >= many)

const read = async (): Promise<number> => {
  const response = await fetch(`${node.urls.admin}/metrics`)
  return (await response.text()).length
}
await read()
const walls: number[] = []
let bytes = 0
const ns = await nsEach(readings, async () => {
  for (let i = 0; i < readings; i++) {
    const before = performance.now()
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    bytes = await read()
    walls.push(performance.now() - before)
  }
})
const wallMs = walls.toSorted((a, b) => a - b)[readings / 2]
process.stdout.write(`${JSON.stringify({ cpuMs: ns / 1e6, wallMs, bytes })}\n`)
process.exit(0)
