import { performance } from 'node:perf_hooks'
import { changes, resolve, type Snapshot } from '#features/policies/index.ts'
import { median } from './measure.ts'
import { groupCount, memberCount, plainly, ruleCount, workspace } from './workspace.ts'

/**
 * `node bench/run.mjs resolve`. A workspace of 100,000 members, 1,000 groups and 200 rules:
 * - `resolve` of one principal, against going through the rules one by one with the member's groups in a Set;
 * - a change set over everybody, against resolving everybody twice in that way.
 * Both in one process, turn by turn, medians printed.
 */
const rounds = 9
function timed(act: () => void): number {
  const from = performance.now()
  act()
  return performance.now() - from
}
let sink = 0

const before = workspace()
// The first rules change places: most of those in two of these groups get another policy.
const after: Snapshot = { ...before, rules: [...before.rules].reverse() }
const everybody = [...before.members.keys()].map((id) => ({
  kind: 'member' as const,
  id,
  label: id,
  groupIds: before.memberGroups.get(id) ?? [],
}))

const ours: number[] = []
const peer: number[] = []
const setOurs: number[] = []
const setPeer: number[] = []
for (let round = 0; round < rounds; round++) {
  ours.push(timed(() => everybody.forEach((p) => (sink += resolve(before, p).lost.length))))
  peer.push(
    timed(() => everybody.forEach((p) => (sink += plainly(before, p.groupIds)?.length ?? 0))),
  )
  // A fresh picture each time, as in the product: what is prepared per picture is counted in.
  setOurs.push(timed(() => (sink += changes({ ...before }, { ...after }).touches)))
  setPeer.push(
    timed(() =>
      everybody.forEach(
        (p) => (sink += plainly(before, p.groupIds) === plainly(after, p.groupIds) ? 0 : 1),
      ),
    ),
  )
}
const each = (ms: readonly number[]): number => (median(ms) * 1000) / memberCount
const line = (what: string, own: string, other: string, ratio: number): void =>
  console.log(
    `${what.padEnd(44)} ${own.padStart(10)}   peer ${other.padStart(10)}   ratio ${ratio.toFixed(2)}`,
  )
console.log(
  `${memberCount} members, ${groupCount} groups, ${ruleCount} rules; median of ${rounds} (${sink > 0 ? 'done' : ''})`,
)
line(
  'resolve one, with every rule that lost',
  `${each(ours).toFixed(2)} µs`,
  `${each(peer).toFixed(2)} µs`,
  each(peer) / each(ours),
)
line(
  'change set over everybody, with names and hash',
  `${median(setOurs).toFixed(0)} ms`,
  `${median(setPeer).toFixed(0)} ms`,
  median(setPeer) / median(setOurs),
)
const good = each(ours) < 20 && median(setOurs) < 1000
console.log(
  good ? 'within the stated limits (20 µs, 1 s)' : 'OUTSIDE the stated limits (20 µs, 1 s)',
)
if (!good) process.exitCode = 1
