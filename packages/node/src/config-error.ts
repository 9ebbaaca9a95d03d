// What is wrong with a configuration: a list of problems, each naming its key. One reading reports them all.

/** One thing wrong, or worth a warning. `key` is the path as the file spells it, or a flag's or a variable's name. */
export interface Problem {
  key: string
  message: string
}

/**
 * A configuration that cannot be used. The process ends with exit code 2. It speaks as the kernel's errors do and is
 * none of them: `sluice check` and `sluice token` load no kernel.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'option_invalid'
  readonly problems: readonly Problem[]
  /** The file that was read, if one was. */
  readonly file: string | undefined

  constructor(problems: readonly Problem[], file?: string) {
    super(`[option_invalid] ${problems.map(formatProblem).join('\n')}`)
    this.problems = problems
    this.file = file
  }
}

/** A problem as one line: `limits.maxFrameBytes: expected …`. */
export function formatProblem({ key, message }: Problem): string {
  return key === '' ? message : `${key}: ${message}`
}

/** A path into the configuration as people write it: `rooms.behaviors["auction:*"]`, `origins[1]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(step)))
      text += `${text === '' ? '' : '.'}${String(step)}`
    else text += `[${JSON.stringify(String(step))}]`
  }
  return text
}
