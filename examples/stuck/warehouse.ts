// Twelve pickers ask the clerk for parts; the clerk needs the stock list; the auditor took it, and forgot.
//
//   picker × 12 ── ask ──▶ clerk ── lock ──▶ auditor, idle

import { type Behavior, defineBehavior, type Ref, type Reply } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'
import { StockList } from './stock-list.ts'

type Part = { type: 'part'; reply: Reply<string> }

const pickers = 12
/** Long enough to be found. */
const patienceMs = 3_600_000

const auditor: Behavior<never, StockList, StockList> = {
  name: 'auditor',
  async start(self, list) {
    await list.take(self)
    // Here it should give the list back.
    return list
  },
  receive: () => undefined,
}

const clerk: Behavior<Part, StockList, StockList> = {
  name: 'clerk',
  start: (_self, list) => list,
  async receive(list, { reply }, self) {
    await list.take(self)
    list.giveBack(self)
    reply.tell('a part')
  },
}

interface PickerInput {
  readonly clerk: Ref<Part>
  readonly shipped: () => void
}

const picker: Behavior<'pick', PickerInput, PickerInput> = {
  name: 'picker',
  restart: 'transient',
  start(self, input) {
    self.tell('pick')
    return input
  },
  async receive({ clerk: asked, shipped }, _message, self) {
    await asked.ask<string>((reply) => ({ type: 'part', reply }), { self, timeoutMs: patienceMs })
    shipped()
  },
}

interface Warehouse {
  shipped: number
}

/** Answers `shipped`: how many pickers got their part. */
export default defineBehavior<RoomEvent, Warehouse, BehaviorInput>({
  name: 'warehouse',
  accepts: ['rpc'],
  start(self) {
    const warehouse: Warehouse = { shipped: 0 }
    const list = new StockList()
    self.spawn(auditor, list)
    const asked = self.spawn(clerk, list)
    for (let i = 0; i < pickers; i++) {
      self.spawn(picker, { clerk: asked, shipped: () => warehouse.shipped++ })
    }
    return warehouse
  },
  receive(warehouse, message) {
    if (message.type === 'rpc') message.reply.tell({ shipped: warehouse.shipped })
  },
  describe: ({ shipped }) => ({ shipped }),
})
