/** What both sides of a thread beside know (aside.ts). */
import type { Runtime } from './runtime.ts'

/** Exported by name from a module of its own; input and output structured-clonable. */
export type AsideTask = (runtime: Runtime, input: never) => Promise<unknown>

/** Where the thread finds the database, and what its runtime says. */
export interface AsidePlace {
  readonly path: string
  readonly publicUrl: string
  readonly logLevel: string
}

export async function taskOf(url: string, name: string): Promise<AsideTask> {
  const module = (await import(url)) as Readonly<Record<string, unknown>>
  const task = module[name]
  if (typeof task !== 'function') throw new Error(`${url} exports no function ${name}.`)
  return task as AsideTask
}
