// The other end of child.ts: what a part of a bench in a process of its own answers. It ends with the bench.

process.on('disconnect', () => process.exit(0))

/** Answers the bench's questions by their `type`, one at a time, until the bench is gone. */
export function answer(answers: Record<string, (question: never) => unknown>): void {
  process.on('message', async (question: { type: string }) => {
    process.send?.(await answers[question.type]?.(question as never))
  })
}
