// What the set-up says while it works: short lines on stderr, so that stdout stays the program's.
//
//   sluice: installing Node 24.21.0 into .toolchain (once) …
//   sluice: … still at it after 15 s
//   sluice: … done in 21.4 s

/** How often a long step says that it is still at it. */
const beatMs = 15_000

/** @typedef {{ say: (line: string) => void, during: <T>(line: string, work: () => Promise<T>) => Promise<T> }} Voice */

/**
 * A voice that prints lines by `print`.
 * @param {(line: string) => void} [print]
 * @returns {Voice}
 */
export function createVoice(print = (line) => void process.stderr.write(`${line}\n`)) {
  /** @param {string} line */
  const say = (line) => print(`sluice: ${line}`)
  return {
    say,
    async during(line, work) {
      const began = performance.now()
      const seconds = () => (performance.now() - began) / 1000
      say(`${line} …`)
      const beat = setInterval(() => say(`… still at it after ${seconds().toFixed(0)} s`), beatMs)
      try {
        const result = await work()
        say(`… done in ${seconds().toFixed(1)} s`)
        return result
      } finally {
        clearInterval(beat)
      }
    },
  }
}
