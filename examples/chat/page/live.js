// Live comments: they float by, and are gone. A fast stream of them costs a bounded number of elements.

import { element } from './element.js'

const mostAtOnce = 24
/** Side by side, so that one does not cover the next. */
const lanes = 4

export class Live {
  #stage
  #shown = 0

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.#stage = stage
  }

  /** @param {string} text @param {string} author */
  show(text, author) {
    const bubble = element('p', { textContent: text }, element('small', { textContent: author }))
    bubble.style.setProperty('--lane', String(this.#shown++ % lanes))
    bubble.style.setProperty('--drift', String(Math.random()))
    // The style sheet's clock decides how long one stays, also for those who want no motion.
    bubble.addEventListener('animationend', () => bubble.remove())
    while (this.#stage.childElementCount >= mostAtOnce) this.#stage.firstElementChild?.remove()
    this.#stage.append(bubble)
  }

  clear() {
    this.#stage.replaceChildren()
  }
}
