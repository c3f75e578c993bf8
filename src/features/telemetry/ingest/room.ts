import { Problem } from '#kernel/problem.ts'
import { requestCost, retryAfter, waitingBytes } from './limits.ts'

/** What one request holds of the memory, from its first byte to its answer. */
export interface Hold {
  /** @throws rate_limited where there is no room for so many bytes more */
  readonly add: (bytes: number) => void
  readonly end: () => void
}

export interface Room {
  /** For whoever sends, by a name of it. Throws `rate_limited`. */
  readonly enter: (sender: string) => Hold
  /** That are held at the moment. */
  readonly bytes: () => number
}

/**
 * The memory for what has come and is not stored yet. Bytes count when they arrive, not when a request is whole: a thousand slow
 * uploads are as many bytes as a thousand quick ones. No sender has more than half of it.
 */
export function createRoom(most = waitingBytes): Room {
  const share = most / 2
  const senders = new Map<string, number>()
  let all = 0

  function take(sender: string, bytes: number): void {
    const own = senders.get(sender) ?? 0
    if (all + bytes > most || own + bytes > share)
      throw new Problem('rate_limited', 'More comes in than can be stored at the moment.', {
        retryAfter,
      })
    senders.set(sender, own + bytes)
    all += bytes
  }

  return {
    enter(sender) {
      let held = 0
      const add = (bytes: number): void => {
        take(sender, bytes)
        held += bytes
      }
      add(requestCost)
      return {
        add,
        end() {
          const left = (senders.get(sender) ?? 0) - held
          if (left > 0) senders.set(sender, left)
          else senders.delete(sender)
          all -= held
          held = 0
        },
      }
    },
    bytes: () => all,
  }
}
