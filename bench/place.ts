/**
 * Clients, providers and senders are machines of their own, and a bench has them all on the two cores of the server. So the
 * server goes before those that work, and those that only measure go before the server.
 */
import type { ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'

/** Of a process that measures; without the right to it (root) it stays where it is. */
export const first = -10
/** Of a process that stands for other machines at work. */
export const elsewhere = 10

export function givePriority({ pid }: Pick<ChildProcess, 'pid'>, nice: number): void {
  try {
    setPriority(pid ?? 0, nice)
  } catch {
    // The figures are the worse for it, not better.
  }
}
