import { useState } from 'react'
import { z } from 'zod'
import { member as memberSchema } from '#features/access/schema.ts'
import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Page,
  Time,
  useAddress,
  useApi,
  useCan,
  type Column,
  type ListFilter,
} from '#web/kit/index.ts'
import { client, routes, type Client } from '../schema.ts'
import { at } from './calls.ts'
import { EndMany } from './end-many.tsx'
import { ClientState, memberOf, programOf, routeNames, Served } from './words.tsx'

const columns: readonly Column<Client>[] = [
  {
    key: 'program',
    header: 'Client',
    cell: (c) => (
      <>
        {memberOf(c)}
        <div className="gh-under">{programOf(c)}</div>
      </>
    ),
  },
  { key: 'route', header: 'Route', cell: (c) => routeNames[c.route], wideOnly: true },
  { key: 'state', header: 'State', cell: (c) => <ClientState of={c} /> },
  {
    key: 'from',
    header: 'From',
    cell: (c) => c.lastUsedFrom ?? c.signedInFrom,
    wideOnly: true,
  },
  {
    key: 'signedIn',
    header: 'Signed in',
    cell: (c) => <Time at={c.signedInAt} />,
    align: 'right',
    wideOnly: true,
  },
  {
    key: 'used',
    header: 'Last used',
    cell: (c) => <Time at={c.lastUsedAt} />,
    align: 'right',
  },
  { key: 'served', header: 'Policy last served', cell: (c) => <Served of={c} />, wideOnly: true },
]

const stateFilter: ListFilter = {
  key: 'state',
  label: 'State',
  options: [
    { value: 'active', label: 'Signed in' },
    { value: 'suspended', label: 'Member suspended' },
    { value: 'ended', label: 'Ended' },
  ],
}
const routeFilter: ListFilter = {
  key: 'route',
  label: 'Route',
  options: routes.map((value) => ({ value, label: routeNames[value] })),
}

export function ClientsScreen() {
  const manages = useCan('clients.manage')
  const byMember = useMemberFilter()
  const unused = useUnusedFilter()
  return (
    <Page
      title="Clients"
      about="Every client that has signed in as a member, and what it was served last."
      actions={
        <>
          {manages && <EndMany />}
          <LinkButton to="/clients/setup">Connect clients</LinkButton>
        </>
      }
    >
      <DataTable
        name="clients"
        label="Clients"
        path={at.clients}
        schema={client}
        columns={columns}
        rowKey={(c) => c.id}
        rowLink={(c) => `/clients/${c.id}`}
        rowName={(c) => `${programOf(c)} of ${memberOf(c)}`}
        search="Member, program or address"
        filters={[stateFilter, routeFilter, unused, ...byMember]}
        empty={
          <Empty
            title="No client has signed in yet"
            action={<LinkButton to="/clients/setup">Connect clients</LinkButton>}
          >
            Put the lines for one of the two routes on a machine and run <code>codex login</code>{' '}
            there. Clients that fetch by an enrolment’s key are under{' '}
            <Link to="/enrolments" underline="always">
              Enrolments
            </Link>
            : nobody signs in to them.
          </Empty>
        }
      />
    </Page>
  )
}

/** Only where the address names a member: their page leads here. Others are found by the text. */
function useMemberFilter(): readonly ListFilter[] {
  const [{ member }] = useAddress(z.object({ member: z.string().optional() }))
  const found = useApi(['members', member], `/api/v1/members/${member ?? ''}`, memberSchema, {
    enabled: member !== undefined,
  })
  if (member === undefined) return []
  const label = found.data === undefined ? member : found.data.name || found.data.email
  return [{ key: 'member', label: 'Member', options: [{ value: member, label }] }]
}

const day = 86_400_000

/** Days back from the last midnight (UTC), so that an address means the same all day. */
function useUnusedFilter(): ListFilter {
  const [{ unusedSince }] = useAddress(z.object({ unusedSince: z.string().optional() }))
  const [midnight] = useState(() => Math.floor(Date.now() / day) * day)
  const options = [7, 30, 60].map((days) => ({
    value: String(midnight - days * day),
    label: `Unused ${days} days`,
  }))
  const chosen = Number(unusedSince)
  // An address from another day.
  if (chosen > 0 && !options.some(({ value }) => value === unusedSince))
    options.push({
      value: String(chosen),
      label: `Since ${new Date(chosen).toISOString().slice(0, 10)}`,
    })
  return { key: 'unusedSince', label: 'Unused', options }
}
