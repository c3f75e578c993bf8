/**
 * The extraction in a thread (kernel/pool), each time with a deadline: what a page costs is decided
 * by the page. These throw what is not the page's fault: a pool that is full or closed.
 */
import type { Pool, PoolTask } from '#kernel/pool.ts'
import { asIs } from './as-is.ts'
import type { ExtractInput } from './extract.ts'
import type { Preview } from './preview.ts'
import { type Extracted, tooMuch } from './result.ts'
import type { extractTask, previewTask, renderTask } from './task.ts'

const tasks = new URL('./task.ts', import.meta.url)

/** Milliseconds. A reference page of 1.9 MB takes less than 2 s. */
const DEADLINE = 20_000
/** 200 KB of Markdown take about 0.5 s once warm; somebody is waiting for it. */
const RENDER_DEADLINE = 5000

/** `extract`; a page that takes longer than 20 s is `unreadable`. */
export async function extractInThread(pool: Pool, input: ExtractInput): Promise<Extracted> {
  return bounded<typeof extractTask>(pool, 'extractTask', input, DEADLINE, () => tooSlow)
}

/** `preview`; a page that takes longer than 20 s is `unreadable`. */
export async function previewInThread(pool: Pool, input: ExtractInput): Promise<Preview> {
  const late = (): Preview => ({ ...tooSlow, outline: null })
  return bounded<typeof previewTask>(pool, 'previewTask', input, DEADLINE, late)
}

/** `render`; Markdown that takes longer (5 s when left out) is shown as it is. */
export async function renderInThread(
  pool: Pool,
  markdown: string,
  deadlineMs = RENDER_DEADLINE,
): Promise<string> {
  const late = (): string => asIs(markdown)
  return bounded<typeof renderTask>(pool, 'renderTask', markdown, deadlineMs, late)
}

const tooSlow = tooMuch('Reading it took too long and was stopped.')

async function bounded<Task extends PoolTask>(
  pool: Pool,
  name: string,
  input: Parameters<Task>[0],
  timeoutMs: number,
  late: () => Awaited<ReturnType<Task>>,
): Promise<Awaited<ReturnType<Task>>> {
  const result = await pool.run<Task>(tasks, name, input, { timeoutMs })
  if (result.ok) return result.value
  if (result.kind === 'timeout' || result.kind === 'crashed') return late()
  throw result.error
}
