// The public names of the gateway, users' first.

// For those who write behaviours: what they start with, and what they hear.
export type { BehaviorInput, RoomEvent, RoomHandle } from './extend/room-behavior.ts'

// For those who run a node from their own program.
export { type NodeExtras, type RunningNode, startNode } from './node.ts'
export { type NodeOptions, type Resolved, resolveOptions } from './options.ts'
export type { NodeConfig } from './option-schema.ts'
export { createToken, type TokenRequest } from './auth/tokens.ts'

// For those who listen.
export type { NodeEvent } from './events.ts'
