// All experiments, in the order in which they are played.

import { cutResubscribe } from './cut-resubscribe.ts'
import { emptyRedis } from './empty-redis.ts'
import type { Experiment } from './experiment.ts'
import { failover } from './failover.ts'
import { lostAnswers } from './lost-answers.ts'
import { nodeKill } from './node-kill.ts'
import { outputBuffer } from './output-buffer.ts'
import { ownerRaces } from './owner-races.ts'
import { rollingRestart } from './rolling-restart.ts'
import { blackHole, deafLink } from './silence.ts'
import { stoppedNode } from './stopped-node.ts'

export const experiments: readonly Experiment[] = [
  nodeKill,
  emptyRedis,
  blackHole,
  deafLink,
  cutResubscribe,
  lostAnswers,
  outputBuffer,
  rollingRestart,
  stoppedNode,
  ownerRaces,
  failover,
]
