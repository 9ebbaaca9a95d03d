// The wire: the gateway's JSON protocol over one plain WebSocket, as much of it as a page needs, with no library. Any
// SDK of the Centrifuge family does the same and more; this is here to be read, and to work without a build step.
//
//   connecting ─ welcome ─▶ open ─ lost ─▶ waiting ─ a while later, or online again ─▶ connecting
//        └────────── lost ──────────────────▲ └─ a code that is final ─▶ ended
//
// A frame holds one or more JSON objects, one a line; a command and its reply have the same id:
//
//   ─▶ {"id":1,"connect":{}}                            ◀─ {"id":1,"connect":{"client":"9c…","ping":25,"pong":true}}
//   ─▶ {"id":2,"publish":{"channel":"a","data":"hi"}}   ◀─ {"id":2,"publish":{}}
//                                                       ◀─ {"push":{"channel":"a","pub":{"data":"hi"}}}
//   ─▶ {} and the answer to it                          ◀─ {}

/**
 * @typedef {{ code: number, reason: string }} Why of a close frame; the code is 0 when this side gave up
 * @typedef {{ name: 'connecting' } | { name: 'open' }
 *   | { name: 'waiting', why: Why, ms: number | undefined }
 *   | { name: 'ended', why: Why }} State `ms`: until the next try; undefined until `resume`
 * @typedef {{ code: number, message: string, temporary?: boolean }} Fault
 * @typedef {(error: Fault | undefined, result: unknown) => void} Answered
 * @typedef {{ client: string, user?: string, conn_info?: unknown }} Info
 * @typedef {{ data: unknown, offset?: number, info?: Info }} Publication
 * @typedef {{ channel: string, pub?: Publication, join?: { info: Info }, leave?: { info: Info }, unsubscribe?: Why }} Push
 * @typedef {{ [method: string]: unknown, id?: number, error?: Fault, push?: Push }} Message
 */

const longestWaitMs = 20_000
/** From the first try to the welcome; and beyond a ping that does not come. */
const patienceMs = 10_000
/** A connection that lived so long was a success: the next wait starts small again. */
const stableMs = 5_000

/** @type {Fault} */
export const notConnected = { code: 0, message: 'not connected', temporary: true }

/**
 * Full jitter: anything up to a limit that doubles, so that a node that restarts is not hit by all its clients at once.
 * @param {number} tries
 * @param {number} [random] 0 to 1
 */
export function backoff(tries, random = Math.random()) {
  return random * Math.min(longestWaitMs, 250 * 2 ** tries)
}

/**
 * True when trying again is pointless: the node said so by the range of its close code.
 * @param {number} code
 */
function isFinal(code) {
  return code === 1009 || (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000)
}

export class Wire {
  /** This connection's id; another one after every cut. */
  client = ''
  /** @type {State} */
  state = { name: 'waiting', why: { code: 0, reason: 'not started' }, ms: undefined }
  #url
  /** @type {((state: State) => void)[]} */
  #onState = []
  /** @type {((push: Push) => void)[]} */
  #onPush = []
  /** @type {WebSocket | undefined} */
  #socket = undefined
  /** @type {Map<number, { method: string, answered: Answered }>} */
  #asked = new Map()
  /** @type {string[]} */
  #lines = []
  #lastId = 0
  #tries = 0
  #openedAt = Infinity
  #heardAt = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry = undefined
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog = undefined

  /** @param {string | URL} url */
  constructor(url) {
    this.#url = url
  }

  /** @param {(state: State) => void} listener */
  onState(listener) {
    this.#onState.push(listener)
  }

  /** @param {(push: Push) => void} listener */
  onPush(listener) {
    this.#onPush.push(listener)
  }

  /** Connects now: for the first time, instead of waiting longer, or after all had ended. */
  resume() {
    if (this.#socket !== undefined) return
    this.#tries = 0
    this.#open()
  }

  /**
   * Lets go of the connection until `resume`.
   * @param {string} reason
   */
  suspend(reason) {
    if (this.state.name === 'ended') return
    this.#drop()
    this.#become({ name: 'waiting', why: { code: 0, reason }, ms: undefined })
  }

  /**
   * Sends a command. Replies and pushes are told in the order in which the node wrote them, even within one frame: a
   * promise would come too late for that.
   * @param {string} method
   * @param {object} request
   * @param {Answered} answered
   */
  ask(method, request, answered) {
    if (this.state.name === 'open') this.#command(method, request, answered)
    else answered(notConnected, undefined)
  }

  /**
   * As `ask`, where the order does not matter.
   * @param {string} method
   * @param {object} request
   * @returns {Promise<unknown>}
   */
  call(method, request) {
    return new Promise((resolve, reject) => {
      this.ask(method, request, (error, result) => {
        if (error === undefined) resolve(result)
        else reject(Object.assign(new Error(error.message), { code: error.code }))
      })
    })
  }

  #open() {
    clearTimeout(this.#retry)
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    this.#openedAt = Infinity
    this.#become({ name: 'connecting' })
    this.#watch(patienceMs)
    // A socket that was given up may still speak: nobody listens.
    socket.addEventListener('open', () => {
      if (socket === this.#socket) this.#command('connect', {}, this.#welcomed)
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#read(data)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket === this.#socket) this.#lost({ code, reason: reason || 'connection lost' })
    })
  }

  /** @type {Answered} */
  #welcomed = (error, result) => {
    if (error === notConnected) return
    if (error !== undefined) {
      this.#lost({ code: error.code, reason: error.message })
      return
    }
    const { client, ping = 0 } = /** @type {{ client: string, ping?: number }} */ (result)
    this.client = client
    this.#openedAt = performance.now()
    clearTimeout(this.#watchdog)
    // When the node does not ping, the connection is dead, whatever the browser believes.
    if (ping > 0) this.#watch(ping * 1_000 + patienceMs)
    this.#become({ name: 'open' })
  }

  /** @param {Why} why */
  #lost(why) {
    this.#drop()
    if (isFinal(why.code)) {
      this.#become({ name: 'ended', why })
      return
    }
    if (performance.now() - this.#openedAt > stableMs) this.#tries = 0
    const ms = backoff(this.#tries++)
    this.#retry = setTimeout(() => this.#open(), ms)
    this.#become({ name: 'waiting', why, ms })
  }

  #drop() {
    const socket = this.#socket
    this.#socket = undefined
    this.client = ''
    clearTimeout(this.#watchdog)
    clearTimeout(this.#retry)
    socket?.close()
    this.#lines = []
    const unanswered = [...this.#asked.values()]
    this.#asked.clear()
    for (const { answered } of unanswered) answered(notConnected, undefined)
  }

  /** @param {string} method @param {object} request @param {Answered} answered */
  #command(method, request, answered) {
    const id = ++this.#lastId
    this.#asked.set(id, { method, answered })
    this.#send({ id, [method]: request })
  }

  /**
   * What is said in one go leaves in one frame.
   * @param {object} message
   */
  #send(message) {
    this.#lines.push(JSON.stringify(message))
    if (this.#lines.length > 1) return
    queueMicrotask(() => {
      if (this.#lines.length > 0) this.#socket?.send(this.#lines.join('\n'))
      this.#lines = []
    })
  }

  /** @param {string} frame */
  #read(frame) {
    this.#heardAt = performance.now()
    const socket = this.#socket
    for (const line of frame.split('\n')) {
      // What was heard a line before may have ended the connection.
      if (line !== '' && socket === this.#socket) this.#hear(JSON.parse(line))
    }
  }

  /** @param {Message} message */
  #hear(message) {
    const { id, error, push } = message
    if (push !== undefined) for (const listener of this.#onPush) listener(push)
    else if (id === undefined) this.#send({})
    else {
      const asked = this.#asked.get(id)
      this.#asked.delete(id)
      asked?.answered(error, message[asked.method])
    }
  }

  /**
   * Gives the connection up after so long a silence.
   * @param {number} limitMs
   */
  #watch(limitMs) {
    this.#heardAt = performance.now()
    const look = () => {
      const silentMs = performance.now() - this.#heardAt
      if (silentMs >= limitMs) this.#lost({ code: 0, reason: 'no answer' })
      else this.#watchdog = setTimeout(look, limitMs - silentMs)
    }
    this.#watchdog = setTimeout(look, limitMs)
  }

  /** @param {State} state */
  #become(state) {
    this.state = state
    for (const listener of this.#onState) listener(state)
  }
}
