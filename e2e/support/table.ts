// What a scene says at its end: one figure a line.

/** Prints names and figures side by side. */
export function printTable(
  title: string,
  rows: readonly (readonly [string, string | number])[],
): void {
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, figure]) => `  ${name.padEnd(width)}  ${figureOf(figure)}`)
  console.log(`${title}\n${lines.join('\n')}`)
}

/** Bytes as mebibytes. */
export function mebibytes(bytes: number | string | undefined): string {
  return `${(Number(bytes) / 1_048_576).toFixed(1)} MiB`
}

/** Percentiles in milliseconds. */
export function milliseconds({ p50, p99, max }: { p50: number; p99: number; max: number }): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} / ${max.toFixed(1)} ms`
}

function figureOf(figure: string | number): string {
  return typeof figure === 'number' ? figure.toLocaleString('en') : figure
}
