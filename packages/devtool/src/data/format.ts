// Figures as people read them. Times are core's `printMs`.

import { printMs } from '@sluice/core'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `12,345` */
export function printCount(count: number): string {
  return whole.format(count)
}

/** `12.3K` */
export function printShort(count: number): string {
  return short.format(count)
}

/** `0.4 ms`, `12 ms`, `3 s`: of something that should take next to nothing. */
export function printLag(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : printMs(ms)
}

/** `0.4`, `12`, `3,400`: of something a second. */
export function printRate(rate: number): string {
  if (rate > 0 && rate < 0.1) return '< 0.1'
  return rate < 10 ? String(Number(rate.toFixed(1))) : whole.format(rate)
}

/** `62 %`; `58–62 %` where it may be too high by an error. */
export function printShare(share: number, error: number): string {
  const most = Math.round(share * 100)
  const least = Math.round(Math.max(0, share - error) * 100)
  return least === most ? `${most} %` : `${least}–${most} %`
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1.5 MiB` */
export function printBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const scaled = bytes / 1_024 ** step
  return `${scaled >= 100 || step === 0 ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[step]}`
}
