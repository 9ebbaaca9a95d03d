// The auction's page. What the auction publishes is where it stands, the whole of it, so this page keeps no books and
// needs no recovery: after a cut it enters the room again, and looks.

import { Wire } from './wire.js'

/**
 * @typedef {{ name: string, amount: number, bidder: string }} Bid
 * @typedef {{ phase: string, next: number, highest: Bid | null, bids: number, leftMs: number, phaseMs: number }} View
 * @typedef {View & { what: string }} Fact
 */

const lots = ['old-clock', 'brass-lamp', 'oak-chest', 'sea-chart']
const callsShown = 30

const form = byId('form', HTMLFormElement)
const nameField = byId('name', HTMLInputElement)
const amountField = byId('amount', HTMLInputElement)
const refusal = byId('refusal', HTMLElement)
const stateLine = byId('state', HTMLElement)

const socketUrl = new URL('/connection/websocket', location.href)
socketUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
const wire = new Wire(socketUrl)

let room = ''
/** Connections that were ours: a bid made before a cut is still our own. */
const own = new Set()
/** What was called, by its place in the room's stream. @type {Map<number, Fact>} */
const calls = new Map()

wire.onState((state) => {
  stateLine.dataset['state'] = state.name
  stateLine.textContent = describe(state)
  if (state.name !== 'open') return
  own.add(wire.client)
  enter()
})

/** @param {import('./wire.js').State} state */
function describe(state) {
  if (state.name === 'open') return 'connected'
  if (state.name === 'connecting') return 'connecting…'
  const { code, reason } = state.why
  return `${state.name}: ${code === 0 ? reason : `${code} ${reason}`}`
}

wire.onPush(({ channel, pub, unsubscribe }) => {
  if (channel !== room) return
  // The node wants it entered anew, for something is missing.
  if (unsubscribe) enter()
  if (pub === undefined) return
  const fact = /** @type {Fact} */ (pub.data)
  called(fact, pub.offset)
  show(fact)
})

function enter() {
  const channel = room
  wire.ask('subscribe', { channel }, () => {})
  wire.ask('history', { channel, limit: callsShown, reverse: true }, (error, result) => {
    if (error !== undefined || channel !== room) return
    const { publications = [] } =
      /** @type {{ publications?: import('./wire.js').Publication[] }} */ (result)
    for (const { data, offset } of publications) called(/** @type {Fact} */ (data), offset)
  })
  // Answered after what the room said meanwhile, so this is the newest.
  wire.ask('rpc', { method: 'look', data: { room } }, (error, result) => {
    if (error === undefined && channel === room) show(/** @type {{ data: View }} */ (result).data)
  })
}

/** @param {View} view */
function show(view) {
  const { phase, next, highest } = view
  const over = phase === 'sold' || phase === 'unsold'
  document.body.dataset['phase'] = phase
  byId('phase', HTMLElement).textContent = phase
  byId('price', HTMLElement).textContent = String(highest?.amount ?? next)
  byId('leader', HTMLElement).textContent = leaderOf(view, over)
  form.hidden = over
  amountField.min = String(next)
  if (Number(amountField.value) < next) amountField.value = String(next)
  runBar(view)
}

/** @param {View} view @param {boolean} over */
function leaderOf({ highest, bids }, over) {
  if (highest === null) return over ? 'Nobody bid.' : 'No bid yet.'
  const count = bids === 1 ? '1 bid' : `${bids} bids`
  const ours = own.has(highest.bidder)
  if (over) return `${ours ? 'You' : highest.name} won it · ${count}`
  return `${ours ? 'You lead' : `${highest.name} leads`} · ${count}`
}

/**
 * The time that is left, as a bar that the style sheet shortens.
 * @param {View} view
 */
function runBar({ leftMs, phaseMs }) {
  const bar = byId('time', HTMLElement)
  const running = document.createElement('span')
  running.style.animationDuration = `${phaseMs}ms`
  running.style.animationDelay = `${leftMs - phaseMs}ms`
  bar.replaceChildren(...(leftMs > 0 ? [running] : []))
}

/** @param {Fact} fact @param {number} [offset] */
function called(fact, offset = 0) {
  calls.set(offset, fact)
  const newest = [...calls].toSorted(([a], [b]) => b - a).slice(0, callsShown)
  const items = newest.map(([, { what, highest }]) => {
    const item = document.createElement('li')
    item.className = what
    item.textContent = sentence(what, highest)
    return item
  })
  byId('log', HTMLElement).replaceChildren(...items)
}

/** @param {string} what @param {Bid | null} highest */
function sentence(what, highest) {
  if (what === 'bid') return `${highest?.name} bids ${highest?.amount}`
  if (what === 'sold') return `Sold to ${highest?.name} for ${highest?.amount}`
  if (what === 'unsold') return 'Not sold'
  if (what === 'open') return 'Bids, please'
  return highest === null ? `${what}…` : `${highest.amount}, ${what}…`
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const data = { room, name: nameField.value, amount: amountField.valueAsNumber }
  sessionStorage.setItem('name', nameField.value)
  refusal.textContent = ''
  wire.ask('rpc', { method: 'bid', data }, (error) => {
    refusal.textContent = error?.message ?? ''
  })
})

function chooseLot() {
  const given = location.hash.slice(1)
  const lot = /^[\w.-]{1,60}$/.test(given) ? given : 'old-clock'
  if (room !== '') wire.ask('unsubscribe', { channel: room }, () => {})
  room = `auction:${lot}`
  calls.clear()
  byId('log', HTMLElement).replaceChildren()
  refusal.textContent = ''
  amountField.value = ''
  document.title = `${titleOf(lot)} · Sluice auction`
  byId('lot', HTMLElement).textContent = titleOf(lot)
  const items = (lots.includes(lot) ? lots : [...lots, lot]).map((one) => {
    const link = Object.assign(document.createElement('a'), { href: `#${one}` })
    link.textContent = titleOf(one)
    if (one === lot) link.ariaCurrent = 'page'
    const item = document.createElement('li')
    item.append(link)
    return item
  })
  byId('lots', HTMLElement).replaceChildren(...items)
  if (wire.state.name === 'open') enter()
}

/** @param {string} lot */
function titleOf(lot) {
  return lot.replaceAll('-', ' ')
}

/**
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function byId(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${kind.name} called ${id}`)
}

addEventListener('hashchange', chooseLot)
addEventListener('offline', () => wire.suspend('offline'))
addEventListener('online', () => {
  if (wire.state.name === 'waiting') wire.resume()
})
nameField.value = sessionStorage.getItem('name') ?? ''
chooseLot()
wire.resume()
