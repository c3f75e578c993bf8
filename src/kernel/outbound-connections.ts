import type { Connector } from 'undici/lib/core/connect.js'
import type { Deadline } from './outbound-deadline.ts'
import {
  connectorTo,
  openLine,
  type Asking,
  type Heard,
  type Line,
  type Target,
  type Unheard,
} from './outbound-line.ts'

/** Connections that stay open between requests. */
export interface Connections {
  /** Undefined when it was over before there was an answer. */
  readonly send: Send
  readonly close: () => void
}

export type Send = (
  target: Target,
  asking: Asking,
  deadline: Deadline,
) => Promise<Heard | Unheard | undefined>

export interface ConnectionLimits {
  /** At once to one host; further requests wait. 16 when left out. */
  readonly perHost?: number
  /** How long an unused one stays open (ms); 5 s when left out. */
  readonly idleMs?: number
}

/** The lines to one target. */
interface Group {
  readonly origin: string
  readonly connector: Connector
  readonly lines: Set<Line>
  /** The one that was used last is at the end: the other side is the least likely to have closed it. */
  readonly free: Line[]
  /** Those who want a line, first come; undefined: there will be none. */
  readonly waiting: Set<(line: Line | undefined) => void>
  /** Ends the group when none of its lines was used for so long. */
  readonly idle: NodeJS.Timeout
}

/**
 * An open connection serves a later request only when that request's own check gave the very same
 * addresses (and the same origin and authorities): a name that now answers otherwise gets a new
 * connection to what was checked now, and a refused one gets none.
 */
export function openConnections({ perHost = 16, idleMs = 5000 }: ConnectionLimits): Connections {
  const groups = new Map<string, Group>()
  let closed = false

  const end = (key: string, { lines, waiting, idle }: Group): void => {
    groups.delete(key)
    clearTimeout(idle)
    for (const give of waiting) give(undefined)
    waiting.clear()
    for (const line of lines) line.end()
  }

  const groupOf = (target: Target): Group => {
    const key = keyOf(target)
    let group = groups.get(key)
    if (group === undefined) {
      const made: Group = {
        origin: target.origin,
        connector: connectorTo(target),
        lines: new Set(),
        free: [],
        waiting: new Set(),
        idle: setTimeout(() => {
          if (made.free.length === made.lines.size) end(key, made)
        }, idleMs).unref(),
      }
      groups.set(key, (group = made))
    }
    return group
  }

  const add = (group: Group): Line => {
    const line = openLine(group.origin, group.connector, idleMs)
    group.lines.add(line)
    return line
  }

  const take = (group: Group, deadline: Deadline): Line | Promise<Line | undefined> => {
    const free = group.free.pop()
    if (free !== undefined) return free
    if (group.lines.size < perHost) return add(group)
    return new Promise((done) => {
      group.waiting.add(done)
      deadline.onOver(() => {
        if (group.waiting.delete(done)) done(undefined)
      })
    })
  }

  const giveBack = (group: Group, line: Line, good: boolean): void => {
    if (!good) {
      line.end()
      group.lines.delete(line)
    }
    const [next] = group.waiting
    if (next !== undefined) {
      group.waiting.delete(next)
      next(good ? line : add(group))
    } else if (good) group.free.push(line)
    if (group.free.length === group.lines.size) group.idle.refresh()
  }

  return {
    send: async (target, asking, deadline) => {
      if (closed) return undefined
      const group = groupOf(target)
      const taken = take(group, deadline)
      const line = taken instanceof Promise ? await taken : taken
      if (line === undefined) return undefined
      const heard = await askBefore(line, asking, deadline)
      giveBack(group, line, heard !== undefined && 'status' in heard)
      return heard
    },
    close: () => {
      closed = true
      for (const [key, group] of groups) end(key, group)
    },
  }
}

/** Over a connection of its own, which is closed afterwards. */
export const sendOnce: Send = async (target, asking, deadline) => {
  const line = openLine(target.origin, connectorTo(target))
  const heard = await askBefore(line, asking, deadline)
  line.end()
  return heard
}

function askBefore(
  line: Line,
  asking: Asking,
  deadline: Deadline,
): Promise<Heard | Unheard | undefined> {
  return new Promise((done) => {
    deadline.onOver(() => done(undefined))
    void line.ask(asking).then(done)
  })
}

function keyOf({ origin, addresses, ca = '' }: Target): string {
  const [first] = addresses
  const pins =
    addresses.length === 1 && first
      ? first.address
      : addresses
          .map(({ address }) => address)
          .sort()
          .join()
  return `${origin} ${pins} ${ca}`
}
