import { Text } from '@mantine/core'
import {
  reach,
  reached,
  type Reach,
  type Reached,
  type ReachState,
} from '#features/clients/reach/schema.ts'
import type { SurfaceKey } from '#features/workspace/surfaces/schema.ts'
import {
  DataTable,
  Empty,
  Loaded,
  plural,
  Section,
  Status,
  Time,
  useApi,
  type Column,
  type ListFilter,
  type Meaning,
} from '#web/kit/index.ts'
import { enrolment, type Enrolment } from '../schema.ts'
import { When } from './words.tsx'

const useReach = (key: SurfaceKey) =>
  useApi(['surfaces', key, 'reach'], `/api/v1/surfaces/${key}/reach`, reach, { every: 10_000 })

/** “14 of 20 confirmed, the last one by 15:42 UTC”: how far the last change has come. */
export const Progress = ({ surfaceKey }: { readonly surfaceKey: SurfaceKey }) => (
  <Loaded of={useReach(surfaceKey)}>{(now) => <ProgressLine of={now} />}</Loaded>
)

function ProgressLine({ of }: { readonly of: Reach }) {
  const { effect, surface, total, confirmed, pending, silent, lastBy } = of
  if (effect === 'pages') return 'Takes effect on the pages at once; clients do not notice.'
  if (effect === 'sign_in')
    return surface.on
      ? `For new sign-ins, at once. ${plural(total, 'client')} came in this way.`
      : `For new sign-ins, at once. ${plural(total, 'client')} came in this way before and ${total === 1 ? 'goes' : 'go'} on.`
  if (surface.changedAt === null) return plural(total, 'client')
  return (
    <span>
      {confirmed} of {total} confirmed
      {pending > 0 && (
        <>
          , {pending} may go on with what {pending === 1 ? 'it holds' : 'they hold'}, the last one
          until <Utc at={lastBy} />
        </>
      )}
      {silent > 0 && (
        <>
          , {silent} {silent === 1 ? 'holds' : 'hold'} nothing and will ask at the next start
        </>
      )}
      .
    </span>
  )
}

/** Everybody sees the same clock in this sentence: it is read out to others. */
function Utc({ at }: { readonly at: number | null }) {
  return at === null ? null : `${new Date(at).toISOString().slice(11, 16)} UTC`
}

const meanings: Readonly<Record<ReachState, Meaning>> = {
  confirmed: 'allowed',
  pending: 'prompt',
  silent: 'neutral',
}

const columns: readonly Column<Reached>[] = [
  {
    key: 'name',
    header: 'Client',
    cell: (one) => (
      <>
        {one.name}
        <div className="gh-under">{one.kind === 'access_token' ? 'Access token' : one.program}</div>
      </>
    ),
  },
  {
    key: 'state',
    header: 'The change',
    cell: ({ state, knowsBy }) =>
      state && (
        <>
          <Status meaning={meanings[state]}>{state}</Status>
          {knowsBy !== null && (
            <>
              {' '}
              until <Time at={knowsBy} />
            </>
          )}
        </>
      ),
  },
  {
    key: 'seen',
    header: 'Asked last',
    cell: ({ seenAt }) => <When at={seenAt} />,
    align: 'right',
  },
]

const stateFilter: ListFilter = {
  key: 'state',
  label: 'State',
  options: [
    { value: 'confirmed', label: 'Confirmed' },
    { value: 'pending', label: 'Pending' },
    { value: 'silent', label: 'Silent' },
  ],
}

/** The clients and access tokens that the surface is about, one by one. */
export function ReachOf({ surfaceKey }: { readonly surfaceKey: SurfaceKey }) {
  const answer = useReach(surfaceKey)
  return (
    <Section
      title="Clients"
      about="Clients keep an answer for up to an hour and nothing is pushed to them. Confirmed: it has asked since the change. Pending: it may go on until then with what it holds. Silent: it holds nothing that is still good, and asks whenever it starts next, if it ever does. Running ones keep what they loaded."
    >
      <Loaded of={answer}>
        {(now) => (
          <>
            <Text size="sm" mb="sm" role="status">
              <ProgressLine of={now} />
            </Text>
            <DataTable
              name="surfaces"
              label="Clients of the surface"
              path={`/api/v1/surfaces/${surfaceKey}/clients`}
              schema={reached}
              columns={told(now) ? columns : columns.filter(({ key }) => key !== 'state')}
              rowKey={(one) => one.id}
              {...(surfaceKey === 'access_tokens' ? {} : { rowLink: clientLink })}
              rowName={(one) => one.name}
              search="Member, access token or account"
              filters={told(now) ? [stateFilter] : []}
              empty={
                <Empty title="No client">
                  No client that is signed in has to do with this surface.
                </Empty>
              }
            />
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** Whether there is a change that clients hear of. */
const told = ({ effect, surface }: Reach): boolean =>
  effect === 'next_start' && surface.changedAt !== null

const clientLink = (one: Reached): string =>
  one.kind === 'client' ? `/clients/${one.id}` : '/access-tokens'

/** Enrolments beside them: the machines of one cannot be told apart, so nothing is confirmed of them. */
export function EnrolmentsReached({ changedAt }: { readonly changedAt: number | null }) {
  const enrolmentColumns: readonly Column<Enrolment>[] = [
    { key: 'name', header: 'Enrolment', cell: (one) => one.name },
    {
      key: 'heard',
      header: 'The change',
      cell: ({ lastFetchedAt }) =>
        changedAt !== null && lastFetchedAt !== null && lastFetchedAt >= changedAt ? (
          <Status meaning="allowed">a machine has asked since</Status>
        ) : (
          <span className="gh-quiet">no machine has asked since</span>
        ),
    },
    {
      key: 'seen',
      header: 'Asked last',
      cell: ({ lastFetchedAt }) => <When at={lastFetchedAt} />,
      align: 'right',
    },
  ]
  return (
    <Section
      title="Enrolments"
      about="All machines of an enrolment send the same key, so one that has asked says nothing about the others. Each asks at its next start without a valid answer, at most one hour after its last."
    >
      <DataTable
        name="enrolments"
        prefix="e_"
        label="Enrolments"
        path="/api/v1/enrolments"
        query={{ state: 'active' }}
        schema={enrolment}
        columns={
          changedAt === null
            ? enrolmentColumns.filter(({ key }) => key !== 'heard')
            : enrolmentColumns
        }
        rowKey={(one) => one.id}
        rowLink={(one) => `/enrolments/${one.id}`}
        rowName={(one) => one.name}
        search="Name"
        empty={<Empty title="No enrolment">No machine fetches by an enrolment.</Empty>}
      />
    </Section>
  )
}
