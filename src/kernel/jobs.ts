/** The narrow seam to a job queue. `enqueue()` of kernel/work puts a job in with a transaction; these describe the rest. */
export interface Job {
  readonly name: string
  /** Tried again with growing pauses when it throws; must therefore be safe to run twice. */
  readonly handle: (payload: unknown) => Promise<void>
  /** How often it is tried in all. Default 5. */
  readonly attempts?: number
}

export interface Schedule {
  /** The job that it enqueues. */
  readonly job: string
  readonly cron: string
  /** IANA name. Default UTC. */
  readonly timeZone?: string
}

export interface Jobs {
  start(jobs: readonly Job[], schedules: readonly Schedule[]): Promise<void>
  /** Lets running jobs finish, at most this long (ms); what did not finish is run again at the next start. */
  stop(graceMs: number): Promise<void>
  /** Waiting, running and failed jobs, for metrics and the health page. */
  counts(): Promise<{ readonly waiting: number; readonly running: number; readonly failed: number }>
}
