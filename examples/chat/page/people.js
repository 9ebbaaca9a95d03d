// Who is here. Presence says which connections a room has; what each calls itself comes later, or came before, so a
// name is never stored in the page: it is looked up, and put right wherever it stands.

import { element } from './element.js'

/** @typedef {import('./wire.js').Info} Info */

/** A list longer than this is no longer read; the rest is a number. */
const mostShown = 60

export class People {
  #list
  #count
  /** @type {Set<string>} */
  #here = new Set()
  /** @type {Map<string, string>} */
  #names = new Map()
  #own = ''
  #drawing = 0

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} count
   */
  constructor(list, count) {
    this.#list = list
    this.#count = count
  }

  /**
   * A new room, or the same one after a cut: these are here, this is us.
   * @param {Info[]} infos
   * @param {string} own
   */
  reset(infos, own) {
    this.#own = own
    this.#here = new Set(infos.map(({ client }) => client))
    this.#draw()
  }

  /** @param {Info} info */
  joined({ client }) {
    this.#here.add(client)
    this.#draw()
  }

  /** @param {Info} info */
  left({ client }) {
    this.#here.delete(client)
    this.#draw()
  }

  /**
   * Somebody said a name, or another one.
   * @param {string} client
   * @param {string} name
   */
  named(client, name) {
    this.#names.set(client, name)
    for (const place of document.querySelectorAll(`[data-client="${CSS.escape(client)}"]`)) {
      place.textContent = name
    }
    if (this.#here.has(client)) this.#draw()
  }

  /** Names belong to a room. */
  forget() {
    this.#names.clear()
    this.reset([], '')
  }

  /**
   * A place for somebody's name, which follows it.
   * @param {string} client
   */
  nameTag(client) {
    const tag = element('b', { textContent: this.#nameOf(client) })
    tag.dataset['client'] = client
    return tag
  }

  /** @param {string} client */
  #nameOf(client) {
    return this.#names.get(client) ?? `guest ${client.slice(0, 4)}`
  }

  /** @param {string} client @param {...Node} parts */
  #person(client, ...parts) {
    const item = element('li', {}, this.nameTag(client), ...parts)
    item.style.setProperty('--hue', String(hueOf(this.#nameOf(client))))
    return item
  }

  // A wave of joins is one drawing.
  #draw() {
    cancelAnimationFrame(this.#drawing)
    this.#drawing = requestAnimationFrame(() => {
      const own = this.#own
      const others = [...this.#here].filter((client) => client !== own)
      const named = others.map((client) => ({ client, name: this.#nameOf(client) }))
      named.sort((a, b) => a.name.localeCompare(b.name))
      const shown = named.slice(0, mostShown).map(({ client }) => this.#person(client))
      if (this.#here.has(own)) {
        shown.unshift(this.#person(own, element('span', { textContent: 'you' })))
      }
      const more = named.length - mostShown
      if (more > 0) shown.push(element('li', { textContent: `and ${more} more` }))
      this.#list.replaceChildren(...shown)
      this.#count.textContent = String(this.#here.size)
    })
  }
}

/**
 * A colour for a name: the same one on every screen.
 * @param {string} name
 */
export function hueOf(name) {
  // FNV-1a: names that differ in one letter are far apart.
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0) % 360
}
