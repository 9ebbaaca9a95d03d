// The chat: the page's parts, put together. What a room has is spread over three rooms of the gateway:
//
//   lobby             what is said; kept for a while, recovered after a cut; presence, join and leave
//   names:lobby       what each connection calls itself; kept for longer, so that newcomers know everybody
//   reactions:lobby   live comments; kept nowhere

import { byId, element } from './element.js'
import { Live } from './live.js'
import { Log } from './log.js'
import { People } from './people.js'
import { Rooms } from './rooms.js'
import { Wire } from './wire.js'
import { nameOf, readName, readReaction, readSaid, roomIn, roomOf, titleOf } from './words.js'

/** @typedef {import('./wire.js').Publication} Publication */
/** @typedef {import('./rooms.js').Entry} Entry */

const suggested = ['lobby', 'harbour', 'tow-path']
const quickWords = ['♥', 'ha!', 'wow', 'yes!', 'thanks']

const door = byId('door', HTMLFormElement)
const nameField = byId('name', HTMLInputElement)
const roomField = byId('where', HTMLInputElement)
const hall = byId('hall', HTMLElement)
const composer = byId('composer', HTMLFormElement)
const textField = byId('text', HTMLInputElement)
const again = byId('again', HTMLButtonElement)
const rename = byId('rename', HTMLButtonElement)
const stateLine = byId('state', HTMLElement)

const log = new Log(
  byId('log', HTMLElement),
  byId('frame', HTMLElement),
  byId('jump', HTMLButtonElement),
)
const people = new People(byId('people', HTMLElement), byId('count', HTMLElement))
const live = new Live(byId('stage', HTMLElement))

const socketUrl = new URL('/connection/websocket', location.href)
socketUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
const wire = new Wire(socketUrl)
const rooms = new Rooms(wire)

// A tab is a person: two tabs can talk to each other.
let name = sessionStorage.getItem('name') ?? ''
let room = ''
/** Connections that were ours: what they said is our own, also after a cut or a reload. */
const own = new Set(sessionStorage.getItem('own')?.split(' '))
let cutAt = 0

// ── the connection ──

wire.onState((state) => {
  if (state.name === 'open') {
    own.add(wire.client)
    sessionStorage.setItem('own', [...own].slice(-20).join(' '))
  }
  if (state.name === 'waiting' && cutAt === 0) cutAt = performance.now()
  stateLine.dataset['state'] = state.name
  stateLine.textContent = describe(state)
  again.hidden = state.name !== 'ended'
})

/** @param {import('./wire.js').State} state */
function describe(state) {
  if (state.name === 'open') return 'connected'
  if (state.name === 'connecting') return 'connecting…'
  const { code, reason } = state.why
  const why = code === 0 ? reason : `${code} ${reason}`
  if (state.name === 'ended') return `ended: ${why}`
  return state.ms === undefined ? why : `cut: ${why}; again in ${Math.ceil(state.ms / 1_000)} s`
}

again.addEventListener('click', () => wire.resume())
addEventListener('offline', () => wire.suspend('offline'))
addEventListener('online', () => {
  if (wire.state.name === 'waiting') wire.resume()
})

// ── the room ──

/** @param {string} next */
function enter(next) {
  for (const channel of channelsOf(room)) rooms.leave(channel)
  room = next
  document.title = `${titleOf(room)} · Sluice chat`
  byId('room', HTMLElement).textContent = titleOf(room)
  log.clear()
  live.clear()
  people.forget()
  drawRooms()

  const [main, names, reactions] = channelsOf(room)
  rooms.join(names, {
    entered: (entry) => {
      if (!entry.complete) askPast(names, showName)
      void call('publish', { channel: names, data: { name } })
    },
    publication: showName,
  })
  rooms.join(main, {
    entered: (entry) => entered(main, entry),
    publication: showSaid,
    joined: (info) => {
      people.joined(info)
      if (!own.has(info.client)) log.passing(people.nameTag(info.client), ' came in')
    },
    left: (info) => {
      people.left(info)
      if (!own.has(info.client)) log.passing(people.nameTag(info.client), ' left')
    },
    refused: (why) => log.notice(`You are out of this room: ${why}.`),
  })
  rooms.join(reactions, { publication: showReaction })
}

/** @param {string} of */
function channelsOf(of) {
  return /** @type {const} */ ([of, `names:${of}`, `reactions:${of}`])
}

/** @param {string} main @param {Entry} entry */
function entered(main, entry) {
  if (entry.renewed) log.renew()
  const awayMs = cutAt === 0 ? 0 : performance.now() - cutAt
  cutAt = 0
  if (entry.returned) log.notice(accountOf(entry, awayMs))
  if (!entry.complete) askPast(main, showSaid)
  wire.ask('presence', { channel: main }, (error, result) => {
    if (error !== undefined || room !== main) return
    const { presence = {} } = /** @type {{ presence?: Record<string, { client: string }> }} */ (
      result
    )
    people.reset(Object.values(presence), wire.client)
  })
}

/**
 * What a cut did to what stands here: the truth, also when it is not nice.
 * @param {Entry} entry
 * @param {number} awayMs
 */
function accountOf({ complete, missed, renewed }, awayMs) {
  const back = awayMs === 0 ? '' : `Back after ${Math.ceil(awayMs / 1_000)} s. `
  if (renewed) return `${back}The room began anew: what was said meanwhile may be gone.`
  if (!complete) return `${back}Some messages are gone: the room no longer has all of them.`
  if (missed === 0) return `${back}Nothing was missed.`
  return `${back}Caught up: ${missed} ${missed === 1 ? 'message' : 'messages'}.`
}

/**
 * The room's past, as far as it is kept.
 * @param {string} channel
 * @param {(publication: Publication) => void} show
 */
function askPast(channel, show) {
  wire.ask('history', { channel, limit: -1 }, (error, result) => {
    if (error !== undefined || !channelsOf(room).includes(channel)) return
    const { publications = [] } = /** @type {{ publications?: Publication[] }} */ (result)
    for (const publication of publications) show(publication)
  })
}

/** @param {Publication} publication */
function showSaid({ data, offset, info }) {
  const { text, author, at } = readSaid(data)
  log.said({ offset, text, author, at, own: own.has(info?.client ?? 'nobody') })
}

/** @param {Publication} publication */
function showName({ data, info }) {
  const said = readName(data)
  if (info !== undefined && said !== '') people.named(info.client, said)
}

/** @param {Publication} publication */
function showReaction({ data }) {
  const { text, author } = readReaction(data)
  if (text !== '') live.show(text, author)
}

/**
 * A command whose failure is told to the reader.
 * @param {string} method
 * @param {object} request
 */
async function call(method, request) {
  try {
    await wire.call(method, request)
    return true
  } catch (error) {
    log.notice(`Not sent: ${error instanceof Error ? error.message : String(error)}.`)
    return false
  }
}

// ── what the reader does ──

door.addEventListener('submit', (event) => {
  event.preventDefault()
  name = nameOf(nameField.value)
  if (name === '') return
  sessionStorage.setItem('name', name)
  const where = roomOf(roomField.value)
  if (location.hash.slice(1) !== where) history.replaceState(null, '', `#${where}`)
  comeIn()
})

rename.addEventListener('click', () => {
  nameField.value = name
  roomField.value = titleOf(room)
  showDoor(true)
  nameField.select()
})

byId('other', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const field = byId('elsewhere', HTMLInputElement)
  if (field.value.trim() !== '') location.hash = roomOf(field.value)
  field.value = ''
})

addEventListener('hashchange', () => {
  roomField.value = titleOf(roomIn(location.hash))
  if (!hall.hidden) comeIn()
})

composer.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = textField.value.trim()
  if (text === '') return
  textField.value = ''
  textField.focus()
  if (event.submitter?.id === 'float') {
    react(text)
    return
  }
  const data = { text, name, at: Date.now() }
  void call('publish', { channel: room, data }).then((sent) => {
    // Nobody should have to write it again.
    if (!sent && textField.value === '') textField.value = text
  })
})

/** @param {string} text */
function react(text) {
  void call('publish', { channel: `reactions:${room}`, data: { text, name } })
}

function drawRooms() {
  const listed = suggested.includes(room) ? suggested : [...suggested, room]
  const items = listed.map((one) => {
    const link = element('a', { href: `#${one}`, textContent: titleOf(one) })
    if (one === room) link.ariaCurrent = 'page'
    return element('li', {}, link)
  })
  byId('rooms', HTMLElement).replaceChildren(...items)
}

/** @param {boolean} shown */
function showDoor(shown) {
  door.hidden = !shown
  hall.hidden = shown
  rename.hidden = shown
}

function comeIn() {
  rename.textContent = name
  rename.ariaLabel = `${name}: change your name, or the room`
  showDoor(false)
  enter(roomIn(location.hash))
  textField.focus()
}

byId('quick', HTMLElement).append(
  ...quickWords.map((word) => {
    const button = element('button', { type: 'button', textContent: word })
    button.addEventListener('click', () => react(word))
    return button
  }),
)

roomField.value = titleOf(roomIn(location.hash))
if (name === '') nameField.focus()
else comeIn()
wire.resume()
