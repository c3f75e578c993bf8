/**
 * Tasks for pool.test.ts; a thread imports them by address, so they stand in a module of their own.
 */
import { threadId } from 'node:worker_threads'
import { Problem } from './problem.ts'

export const double = (values: readonly number[]): readonly number[] => values.map((v) => v * 2)

export const thread = async (ms: number): Promise<number> => {
  await new Promise((done) => setTimeout(done, ms))
  return threadId
}

export const spin = (): never => {
  for (;;);
}

export const throwProblem = (detail: string): never => {
  throw new Problem('policy_refused', detail, {
    remedy: 'Do this.',
    errors: [{ message: 'here', line: 3 }],
    cause: () => 'not clonable',
  })
}

export const throwCoded = (code: string): never => {
  throw Object.assign(new RangeError('too far'), { code })
}

export const giveFunction = () => () => 1

export const exit = (code: number): never => process.exit(code)

export const throwLater = async (): Promise<number> => {
  setTimeout(() => {
    throw new Error('later')
  })
  await new Promise((done) => setTimeout(done, 5000))
  return 1
}
