// All experiments, in the order in which they are played.

import { cutResubscribe } from './cut-resubscribe.ts'
import type { Experiment } from './experiment.ts'
import { failover } from './failover.ts'
import { lostAnswers } from './lost-answers.ts'
import { outputBuffer } from './output-buffer.ts'
import { ownerRaces } from './owner-races.ts'
import { blackHole, deafLink } from './silence.ts'
import { stoppedNode } from './stopped-node.ts'

export const experiments: readonly Experiment[] = [
  blackHole,
  deafLink,
  cutResubscribe,
  lostAnswers,
  outputBuffer,
  ownerRaces,
  stoppedNode,
  failover,
]
