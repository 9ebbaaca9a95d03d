// The tabs that behaviours of the node have: known to the navigation, which asks, and to the view of one of them.

import { signal } from '@preact/signals'
import type { Tab } from '@sluice/core'

export interface TabRow extends Tab {
  readonly behavior: string
  /** Its actors on the node. */
  readonly live: number
}

/** Undefined until the node has told. */
export const tabs = signal<readonly TabRow[] | undefined>(undefined)

/** Its behaviour's name where it is not known. */
export function tabTitle(behavior: string): string {
  return tabs.value?.find((tab) => tab.behavior === behavior)?.title ?? behavior
}
