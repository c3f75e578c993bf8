import { describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { policyOf, snapshotOf } from '../arbitrary.ts'
import type { PolicyParts } from '../parts.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Counted } from './halt.ts'
import { comesBackWithin, createFetchWatch, type SeenFetch } from './watch.ts'

const next = policyOf('base', 2)
const snapshot: Snapshot = snapshotOf({
  groups: ['pilots'],
  policies: [policyOf('base')],
  rules: [],
  fallback: 'base',
  members: { ada: ['pilots'], bob: [] },
  enrolments: { laptops: 'pilots' },
  rollouts: [
    {
      id: 'rol_1',
      policy: next,
      stage: { groupIds: ['pilots'], enrolmentIds: [], percent: 0 },
    },
  ],
})

/** What reaches the database is taken as it comes: the database itself is asked in test/contract/rollout.test.ts. */
function watching(now: Snapshot | null = snapshot) {
  let told: readonly Counted[] = []
  const parts = {
    directory: {
      current() {
        if (!now) throw new Error('not read yet')
        return now
      },
    },
    runtime: { clock: () => 0 },
  } as unknown as PolicyParts
  const watch = createFetchWatch(parts, (counted) => {
    told = counted
    return Promise.resolve()
  })
  const seen = (fetch: Partial<SeenFetch>) =>
    watch.seen({
      kind: 'member',
      id: 'ada',
      client: 'cli_1',
      status: 200,
      versionId: next.versionId,
      at: 0,
      ...fetch,
    })
  const counted = async () => {
    told = []
    await watch.flush()
    return Object.fromEntries(told.map(({ minute: at, kind, count }) => [`${kind} ${at}`, count]))
  }
  return { seen, counted }
}

describe('the watch over a stage', () => {
  it('counts a client that comes back sooner than one that could read its policy', async () => {
    const { seen, counted } = watching()
    for (const at of [0, 1000, comesBackWithin + 1001, comesBackWithin * 3]) seen({ at })
    expect(await counted()).toEqual({ 'came_back 0': 1 })
  })

  it('tells clients, principals and versions apart', async () => {
    const { seen, counted } = watching()
    seen({})
    seen({ client: 'cli_2' })
    seen({ kind: 'enrolment', id: 'laptops', client: 'cli_1' })
    seen({ versionId: 'base-1' })
    expect(await counted()).toEqual({})
    seen({ at: minute })
    seen({ kind: 'enrolment', id: 'laptops', client: 'cli_1', at: minute })
    expect(await counted()).toEqual({ [`came_back ${minute}`]: 2 })
  })

  it('counts refusals of those in the stage only, by the minute', async () => {
    const { seen, counted } = watching()
    for (const at of [0, 59_999, minute]) seen({ status: 403, versionId: '', at })
    seen({ id: 'bob', status: 403, versionId: '' })
    seen({ kind: 'enrolment', id: 'gone', status: 403, versionId: '' })
    expect(await counted()).toEqual({ 'refused 0': 2, [`refused ${minute}`]: 1 })
    expect(await counted()).toEqual({})
  })

  it('is silent while nothing is being rolled out, and before anything was read', async () => {
    for (const now of [{ ...snapshot, rollouts: new Map() }, null]) {
      const { seen, counted } = watching(now)
      for (const status of [200, 200, 403]) seen({ status })
      expect(await counted()).toEqual({})
    }
  })
})
