import type { ClientInfo } from '@sluice/cluster'
import { SluiceError } from '@sluice/core'
import { expect, onTestFinished, test } from 'vitest'
import type { RemoteAnswer, RemoteQuestion } from '../../src/extend/remote.ts'
import { Reports } from '../../src/extend/reports.ts'
import { startTestNode } from '../support/services.ts'

/** Reports about so many members, to an owner that a test makes answer as it likes. */
async function start(many: number) {
  const node = await startTestNode()
  const members: ClientInfo[] = []
  for (let i = 0; i < many; i++) members.push({ client: `c${i}`, user: '' })
  const owner = {
    uid: 'owner' as string | undefined,
    heard: [] as string[],
    answer: (): RemoteAnswer => ({ type: 'done' }),
  }
  const reports = new Reports(node.services, {
    room: 'room',
    members: () => members,
    locate: async () => owner.uid,
    ask: async (to: string, question: RemoteQuestion) => {
      if (question.type !== 'members') throw new Error(question.type)
      const { first, last, changes } = question
      const part = `${first ? '[' : ''}${changes.length}${last ? ']' : ''}`
      owner.heard.push(to === 'owner' ? part : `${to} ${part}`)
      return owner.answer()
    },
    lost: (to) => owner.heard.push(`lost ${to}`),
  })
  onTestFinished(() => reports.close())
  const heard = async (ms = 0): Promise<string[]> => {
    await (ms === 0 ? node.settle() : node.advance(ms))
    return owner.heard.splice(0)
  }
  const join = (client: string) => {
    const info = { client, user: '' }
    members.push(info)
    reports.add({ type: 'joined', client: info })
  }
  return { node, reports, owner, members, heard, join }
}

test('reports tell all members in parts at first, then what changes', async () => {
  const { heard, join } = await start(599)
  join('one more')
  expect(await heard()).toEqual(['[256', '256', '88]'])
  join('another')
  expect(await heard()).toEqual(['1'])
})

test('reports show a sign of life while nothing changes, as long as there are members', async () => {
  const { heard, join, members, reports } = await start(0)
  join('one')
  expect(await heard()).toEqual(['[1]'])
  expect(await heard(5_100)).toEqual(['0'])
  members.pop()
  reports.add({ type: 'left', client: { client: 'one', user: '' } })
  expect(await heard()).toEqual(['1'])
  reports.close()
  expect(await heard(20_000)).toEqual(['[0]'])
})

test('reports tell all again to who does not know, and to a new owner', async () => {
  const { heard, join, owner } = await start(2)
  join('one')
  expect(await heard()).toEqual(['[3]'])
  const answers: RemoteAnswer[] = [{ type: 'again' }]
  owner.answer = () => answers.shift() ?? { type: 'done' }
  join('two')
  expect(await heard()).toEqual(['1', '[4]'])
  owner.uid = 'heir'
  join('three')
  expect(await heard()).toEqual(['heir [5]'])
})

test('reports that did not arrive are told anew, a second later', async () => {
  const { heard, join, owner, node } = await start(2)
  owner.answer = () => {
    throw new SluiceError('ask_timeout', 'no answer')
  }
  join('one')
  expect(await heard()).toEqual(['[3]', 'lost owner'])
  expect(node.services.counters.busFailures).toBe(1)
  expect(await heard(500)).toEqual([])
  owner.answer = () => ({ type: 'elsewhere' })
  expect(await heard(600)).toEqual(['[3]', 'lost owner'])
  owner.answer = () => ({ type: 'done' })
  expect(await heard(1_100)).toEqual(['[3]'])
})

test('reports are for other nodes: where the behaviour is, nothing is told', async () => {
  const { heard, join, owner } = await start(2)
  owner.uid = undefined
  join('one')
  expect(await heard(10_000)).toEqual([])
})
