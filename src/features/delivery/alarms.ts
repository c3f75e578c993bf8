import type { Alarm } from '#kernel/runtime.ts'

/** What an operator must see at once about a database that is away, or a file that would be missing then. */
export function outageAlarms(state: {
  readonly now: number
  /** Since when what is served is not confirmed (ms); null: it is, or nothing is served. */
  readonly staleSince: number | null
  readonly downSince: number | null
  readonly maxAge: number
  readonly files: readonly {
    readonly path: string
    readonly failingSince: () => number | null
  }[]
}): readonly Alarm[] {
  const { now, staleSince, downSince, maxAge, files } = state
  const list: Alarm[] = []
  if (staleSince !== null) {
    const left = Math.max(0, staleSince + maxAge - now)
    list.push({
      key: 'delivery.database',
      severity: 'error',
      message: `The database does not answer. Policies are served as they were at ${iso(staleSince)}; this ends at ${iso(now + left)}.`,
      remedy:
        'Bring the database back. docs/outage.md says what developers see and what else can be done.',
      since: downSince ?? staleSince,
    })
  }
  const failing = files.find((file) => file.failingSince() !== null)
  if (failing)
    list.push({
      key: 'delivery.file',
      severity: 'warning',
      message: `The outage file ${failing.path} cannot be written. A restart without a database would serve older policies, or none.`,
      remedy: 'Look at the free space and the permissions of the data folder.',
      since: failing.failingSince(),
    })
  return list
}

const iso = (at: number): string => new Date(at).toISOString()
