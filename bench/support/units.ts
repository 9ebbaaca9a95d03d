// Numbers as people read them: three digits, and a prefix that suits.

/** What a figure is, and so how it is written. */
export type Unit = 'per second' | 'µs' | 'ns' | 'ms' | 'bytes' | '%' | 'count'

/** A figure with its unit: `8.66 M/s`. */
export function withUnit(value: number, unit: Unit): string {
  return split(value, unit).join('')
}

/** From the least to the greatest, without the unit that all of them share with their median. */
export function spread(values: readonly number[], middle: number, unit: Unit): string {
  const [low, lowSuffix] = split(Math.min(...values), unit)
  const [high, highSuffix] = split(Math.max(...values), unit)
  const [, shared] = split(middle, unit)
  if (low === high && lowSuffix === highSuffix) return ''
  if (lowSuffix === shared && highSuffix === shared) return `${low}–${high}`
  const brief = (suffix: string): string => suffix.replace('/s', '')
  return `${low}${brief(lowSuffix)}–${high}${brief(highSuffix)}`
}

/** A ratio: `12.3×`. */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${digits(ratio)}×` : '–'
}

/** The digits, and what stands behind them. */
function split(value: number, unit: Unit): [string, string] {
  if (!Number.isFinite(value)) return ['–', '']
  switch (unit) {
    case 'per second':
      return prefixed(value, '/s')
    case 'count':
      return prefixed(value, '')
    case 'bytes':
      return Math.abs(value) < 1024 ? [digits(value), ' B'] : [digits(value / 1024), ' KiB']
    case '%':
      return [value.toFixed(0), ' %']
    case 'ns':
    case 'µs':
    case 'ms':
      return [digits(value), ` ${unit}`]
  }
}

function prefixed(value: number, unit: string): [string, string] {
  if (Math.abs(value) >= 1e6) return [digits(value / 1e6), ` M${unit}`]
  if (Math.abs(value) >= 1e4) return [digits(value / 1e3), ` k${unit}`]
  return [Number.isInteger(value) ? String(value) : digits(value), unit]
}

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}
