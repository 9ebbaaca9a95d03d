// The README's example is what it says: taken from the page as it stands, started, and called.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectClient } from '../support/clients.ts'
import { startGateway } from '../support/gateway.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

/** The first code block of a language. */
function block(page: string, language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page) ?? []
  if (text === undefined) throw new Error(`the README has no ${language} block`)
  return text
}

test('the counter of the README counts, tells its room, and shows in a dump', async () => {
  const page = await readFile(`${here}/../README.md`, 'utf8')
  // Below this package, for the example imports the kernel by its name.
  await mkdir(`${here}/.cache`, { recursive: true })
  const folder = await mkdtemp(`${here}/.cache/readme-`)
  try {
    await writeFile(`${folder}/counter.ts`, block(page, 'ts'))
    const config = { insecure: true, ...(JSON.parse(block(page, 'json')) as object) }
    await writeFile(`${folder}/sluice.config.json`, JSON.stringify(config))
    await using gateway = await startGateway({ config: `${folder}/sluice.config.json` })
    const client = await connectClient(gateway)
    const room = await client.subscribe('counter:7')
    expect((await client.centrifuge.rpc('increment', { room: 'counter:7' })).data).toEqual({
      count: 1,
    })
    expect((await room.publications.nth(1)).data).toEqual({ count: 1 })
    const { actors } = await gateway.actors()
    expect(actors).toContainEqual(
      expect.objectContaining({ behavior: 'counter', more: { count: 1 } }),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
