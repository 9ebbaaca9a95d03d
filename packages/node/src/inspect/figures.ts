// The node's figures, as `/debug/vars` has them, for those who ask from another node.

import type { Services } from '../services.ts'

export function viewFigures({ figures }: Services): Record<string, number | string> {
  return figures()
}
