import { exactTime, plural, Status } from '#web/kit/index.ts'
import type { Policy, Version } from '../../schema.ts'
import type { Rollout } from '../../rollout/schema.ts'
import { bothTimes, localTime, localZone } from './choice.ts'

/** Whom a stage names: `Pilots, Laptops and 10 % of the members`. */
export function stageWords({ groups, enrolments, percent }: Rollout['stage']): string {
  const parts = [...groups, ...enrolments].map(({ name }) => name)
  if (percent > 0) parts.push(`${percent} % of the members`)
  const last = parts.pop()
  if (last === undefined) return 'nobody'
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}

/** When it halts by itself. */
export function boundWords({
  bounds: { refusedFetches },
  takeBackWhenHalted,
}: Pick<Rollout, 'bounds' | 'takeBackWhenHalted'>): string {
  if (!refusedFetches) return 'It does not halt by itself.'
  const fetches = `${plural(refusedFetches.count, 'refused fetch', 'refused fetches')} within ${refusedFetches.minutes} min`
  return takeBackWhenHalted ? `Halts and is taken back at ${fetches}.` : `Halts at ${fetches}.`
}

/** A time to come: in the local time zone, and below it in UTC. */
export const BothTimes = ({ at }: { readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()}>
    {localTime(at)} {localZone()}
    <br />
    {exactTime(at)}
  </time>
)

/** In the list of policies and on the policy's page. */
export function RolloutMarks({ of: { rollout, scheduled } }: { readonly of: Policy }) {
  return (
    <>
      {rollout?.state === 'in_stage' && (
        <Status meaning="changed">version {rollout.version} in its stage</Status>
      )}
      {rollout?.state === 'halted' && (
        <Status meaning="forbidden">version {rollout.version} halted</Status>
      )}
      {scheduled?.state === 'scheduled' && (
        <span title={bothTimes(scheduled.at)}>
          <Status meaning="prompt">
            version {scheduled.version} scheduled for {shortTime(scheduled.at)}
          </Status>
        </span>
      )}
      {scheduled?.state === 'missed' && (
        <span title={scheduled.note}>
          <Status meaning="forbidden">version {scheduled.version} not published in time</Status>
        </span>
      )}
    </>
  )
}

const short = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
/** In the local time zone: `2 May, 08:45`. */
const shortTime = (at: number): string => short.format(at)

const fates = {
  in_stage: ['changed', 'in its stage'],
  halted: ['forbidden', 'halted'],
  finished: ['neutral', 'rolled out'],
  taken_back: ['removed', 'taken back'],
  scheduled: ['prompt', 'scheduled'],
  cancelled: ['neutral', 'cancelled'],
  missed: ['forbidden', 'not published in time'],
} as const

/** What became of a version that was not published to everybody at once. */
export function FateMark({ of }: { readonly of: Version['rollout'] }) {
  if (of === null) return null
  const [meaning, words] = fates[of]
  return <Status meaning={meaning}>{words}</Status>
}
