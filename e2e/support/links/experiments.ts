// All experiments, in the order in which they are played.

import { cutResubscribe } from './cut-resubscribe.ts'
import type { Experiment } from './experiment.ts'

export const experiments: readonly Experiment[] = [cutResubscribe]
