// What the bus needs of this node: where deliveries and commands go, who this is, and what it does when others are gone.
//
//   bus ─▶ deliver   ─▶ directory ─▶ room
//       ─▶ control   ─▶ connections of a user
//       ─▶ describe  ◀─ registry, directory
//       ─▶ answer    ─▶ the behaviours that are on this node for all others; what operators elsewhere want to see
//       ─▶ disowned  ─▶ one of them, which ends here
//       ─▶ left      ─▶ leave messages for members that a lost node cannot send any more

import type { BusHost, ClientInfo } from '@sluice/cluster'
import { control } from './control.ts'
import { answerRemote, disownedRoom } from './extend/answers.ts'
import { answerReach } from './inspect/reach.ts'
import type { Services } from './services.ts'

/** This node, as its bus sees it. Nothing is called before the services are complete. */
export function createBusHost(services: Services): BusHost {
  const { system, options, uid, version } = services
  return {
    deliver: (room, delivery) => services.directory.deliver(room, delivery),
    control: (command) => control(services.registry, command),
    describe: () => ({
      uid,
      name: options.name,
      version,
      numClients: services.registry.clients,
      numUsers: services.registry.users,
      numChannels: services.directory.size,
      uptime: Math.floor((system.now - system.startedAt) / 1_000),
    }),
    answer: (question) => answerReach(services, question) ?? answerRemote(services, question),
    disowned: (room) => disownedRoom(services, room),
    left: (room, clients) => announceLeft(services, room, clients),
  }
}

/** Members of a node that is gone: those who are still there hear of it from a survivor. */
function announceLeft(services: Services, room: string, clients: readonly ClientInfo[]): void {
  const { bus, directory, lookup } = services
  const options = directory.get(room)?.options ?? lookup(room)
  if (options?.joinLeave !== true) return
  for (const client of clients) services.follow('leave', room, bus.announce(room, 'leave', client))
}
