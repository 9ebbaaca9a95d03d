// Why something failed, as a sentence: whatever was thrown.

export function problemOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
