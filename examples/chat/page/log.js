// What was said, in the order of the room's stream, and between it what happened. Messages may come in any order, live,
// recovered or from the room's past: each has an offset, and goes where that says.

import { element } from './element.js'
import { hueOf } from './people.js'

/** @typedef {{ offset: number | undefined, author: string, text: string, at: number | undefined, own: boolean }} Said */

/** Older ones leave the page; the room's history holds fewer anyway. */
const mostKept = 400
/** So near to the end, a reader wants to see what comes. */
const nearPx = 80

const letters = new Intl.Segmenter()
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export class Log {
  #list
  #frame
  #jump
  #followed = true
  #scrolling = 0

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} frame what scrolls
   * @param {HTMLElement} jump shown while something new is below
   */
  constructor(list, frame, jump) {
    this.#list = list
    this.#frame = frame
    this.#jump = jump
    jump.addEventListener('click', () => this.#toEnd())
    frame.addEventListener('scroll', () => {
      this.#followed = frame.scrollHeight - frame.scrollTop - frame.clientHeight < nearPx
      if (this.#followed) jump.hidden = true
    })
    // The frame shrinks when a phone's keyboard opens.
    new ResizeObserver(() => this.#followed && this.#toEnd()).observe(frame)
  }

  clear() {
    this.#list.replaceChildren()
    this.#toEnd()
  }

  /** Offsets start again: what stands here is from before, all of it. */
  renew() {
    for (const item of this.#list.children) item.removeAttribute('data-offset')
  }

  /** @param {Said} said */
  said({ offset, author, text, at, own }) {
    const before = offset === undefined ? null : this.#placeOf(offset)
    if (before === undefined) return
    const item = element(
      'li',
      { className: own ? 'said own' : 'said' },
      element('span', { className: 'face', ariaHidden: 'true', textContent: initialOf(author) }),
      element('b', { textContent: author }),
      at === undefined ? '' : element('time', { textContent: clock.format(at) }),
      element('p', { textContent: text }),
    )
    item.style.setProperty('--hue', String(hueOf(author)))
    item.dataset['author'] = author
    if (offset !== undefined) item.dataset['offset'] = String(offset)
    this.#insert(item, before)
  }

  /**
   * Something for people to know: what became of the connection, what is missing.
   * @param {...(Node | string)} parts
   */
  notice(...parts) {
    this.#insert(element('li', { className: 'notice' }, ...parts), null)
  }

  /**
   * Somebody came or went. A wave of these is one line, the newest few of it.
   * @param {...(Node | string)} parts
   */
  passing(...parts) {
    const last = this.#list.lastElementChild
    const line =
      last instanceof HTMLElement && last.classList.contains('passing')
        ? last
        : element('li', { className: 'notice passing' })
    line.append(element('span', {}, ...parts))
    while (line.childElementCount > 3) line.firstElementChild?.remove()
    if (line !== last) this.#insert(line, null)
  }

  /**
   * The item before which a message stands; null for the end, undefined when it is there already.
   * @param {number} offset
   */
  #placeOf(offset) {
    let place = null
    for (let item = this.#list.lastElementChild; item; item = item.previousElementSibling) {
      const at = Number(item.getAttribute('data-offset') ?? Number.NaN)
      if (at === offset) return undefined
      if (at < offset) break
      if (at > offset) place = item
    }
    return place
  }

  /** @param {HTMLElement} item @param {Element | null} before */
  #insert(item, before) {
    this.#list.insertBefore(item, before)
    for (const one of [item, item.nextElementSibling]) {
      if (one instanceof HTMLElement) one.classList.toggle('goes-on', goesOn(one))
    }
    while (this.#list.childElementCount > mostKept) this.#list.firstElementChild?.remove()
    if (this.#followed || item.classList.contains('own')) this.#toEnd()
    else if (before === null) this.#jump.hidden = false
  }

  #toEnd() {
    this.#followed = true
    this.#jump.hidden = true
    cancelAnimationFrame(this.#scrolling)
    this.#scrolling = requestAnimationFrame(() => {
      this.#frame.scrollTop = this.#frame.scrollHeight
    })
  }
}

/**
 * True when the one before is by the same author: then the name need not stand there again.
 * @param {HTMLElement} item
 */
function goesOn({ dataset, previousElementSibling }) {
  const author = dataset['author']
  return (
    author !== undefined &&
    previousElementSibling instanceof HTMLElement &&
    previousElementSibling.dataset['author'] === author
  )
}

/** @param {string} name */
function initialOf(name) {
  const [first] = letters.segment(name)
  return first?.segment.toUpperCase() ?? '?'
}
