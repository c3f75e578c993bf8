/**
 * Clients, providers and senders are machines of their own, and a bench has them all on the two cores of the server. So those that
 * work take only what the server leaves, and those that measure wait for nobody. With chrt of util-linux and the right to it;
 * without, by nice values, and without these as everybody else: the figures are the worse for it, not better.
 */
import { spawnSync, type ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'

type Process = Pick<ChildProcess, 'pid'>

/** Stands for other machines at work: it takes what is left. */
export const putElsewhere = (process: Process): void => put(process, ['--idle', '0'], 10)

/** Measures: nothing else lengthens the time from an answer to its look at the clock. */
export const putFirst = (process: Process): void => put(process, ['--rr', '10'], -10)

function put({ pid = 0 }: Process, [policy = '', priority = '']: readonly string[], nice: number) {
  const { status } = spawnSync('chrt', ['--all-tasks', policy, '--pid', priority, String(pid)])
  if (status === 0) return
  try {
    setPriority(pid, nice)
  } catch {
    // Stays where it is.
  }
}
