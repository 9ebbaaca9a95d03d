// One who looks: a Chromium that opens the devtool, stays on a view, and counts the frames that it could not draw in time.
//
//   node viewer.ts <admin URL>

import { type Page, startBrowser } from '@sluice/test-support/browser'
import { answer } from '../support/answer.ts'

/** Looks at a view for so long; `until` must be seen first. */
export interface Look {
  readonly type: 'look'
  readonly view: string
  readonly until: string
  readonly ms: number
}

export interface Seen {
  /** From an empty tab until it was there. */
  readonly firstMs: number
  /** Frames that were due and not drawn, in percent. */
  readonly dropped: number
  readonly longestMs: number
}

const admin = process.argv[2] ?? ''
const starting = startBrowser()

answer({
  // A browser that starts is not one who looks.
  open: async () => {
    await starting
    return {}
  },
  look,
})

async function look({ view, until, ms }: Look): Promise<Seen> {
  const browser = await starting
  const { page } = await browser.visit('about:blank', { viewport: { width: 1_280, height: 800 } })
  await page.goto(`${admin}/#/${view}`)
  await page.locator(until).first().waitFor({ timeout: 60_000 })
  const firstMs = await page.evaluate<number>('performance.now()')
  const frames = await countFrames(page, ms)
  await page.context().close()
  return { firstMs, ...frames }
}

/** At 60 a second. While it counts, whatever can be scrolled is scrolled. */
function countFrames(page: Page, ms: number): Promise<Omit<Seen, 'firstMs'>> {
  return page.evaluate(`new Promise((resolve) => {
    const due = 1000 / 60
    const boxes = [...document.querySelectorAll('.main *')].filter((e) => e.scrollHeight > e.clientHeight + 400 && /auto|scroll/.test(getComputedStyle(e).overflowY))
    const begin = performance.now()
    let [last, missed, longest] = [begin, 0, 0]
    requestAnimationFrame(function look(now) {
      const gap = now - last
      last = now
      if (gap > 0) { missed += Math.max(0, Math.round(gap / due) - 1); longest = Math.max(longest, gap) }
      for (const box of boxes) box.scrollTop = (box.scrollTop + 40) % (box.scrollHeight - box.clientHeight)
      if (now - begin < ${ms}) requestAnimationFrame(look)
      else resolve({ dropped: 100 * missed / ((now - begin) / due), longestMs: longest })
    })
  })`)
}
