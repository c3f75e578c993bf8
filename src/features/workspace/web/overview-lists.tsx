import { Text } from '@mantine/core'
import { policyPage, type Policy } from '#features/policies/schema.ts'
import { Link, Loaded, Rows, Section, Status, Time, useApi, type Column } from '#web/kit/index.ts'
import { Act, Target } from './act-parts.tsx'
import { auditRecord, page, type AuditRecord } from '../schema.ts'

const policyColumns: readonly Column<Policy>[] = [
  {
    key: 'name',
    header: 'Policy',
    cell: (p) => (
      <>
        {p.name}
        {p.isDefault && (
          <>
            {' '}
            <Status>default</Status>
          </>
        )}
      </>
    ),
  },
  {
    key: 'version',
    header: 'Version',
    cell: (p) => p.published?.number ?? '–',
    align: 'right',
    width: 80,
    wideOnly: true,
  },
  { key: 'members', header: 'Members', cell: (p) => p.members, align: 'right', width: 90 },
  {
    key: 'enrolments',
    header: 'Enrolments',
    cell: (p) => p.enrolments,
    align: 'right',
    width: 100,
  },
]

const atMost = 8

/** The policies that reach somebody, those with the most members first. */
export function WhoGetsWhat() {
  const answer = useApi(['policies', 'overview'], '/api/v1/policies', policyPage, {
    query: { sort: '-members', limit: atMost },
  })
  return (
    <Section
      title="Who gets what"
      actions={
        <Link to="/policies" size="sm">
          All policies
        </Link>
      }
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              There is no policy yet.
            </Text>
          ) : (
            <Rows
              label="Who gets what"
              columns={policyColumns}
              rows={items}
              rowKey={(p) => p.id}
              rowLink={(p) => `/policies/${p.id}`}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

const acts = page(auditRecord)

const actColumns: readonly Column<AuditRecord>[] = [
  {
    key: 'act',
    header: 'Act',
    cell: (r) => <Act of={r.action} />,
  },
  { key: 'what', header: 'What', cell: (r) => <Target of={r} /> },
  {
    key: 'at',
    header: 'When',
    cell: (r) => <Time at={r.at} />,
    align: 'right',
    width: 110,
    wideOnly: true,
  },
]

/** What everybody does every day. */
const everyday = /^(session\.|client\.sign-|device\.|authorization\.)/

/** What administrators did last. Sign-ins, of people and of their clients, are left to the whole list. */
export function LatestActs() {
  const answer = useApi(['activity', 'overview'], '/api/v1/activity', acts, {
    query: { limit: 50 },
  })
  return (
    <Section
      title="Latest acts"
      actions={
        <Link to="/audit" size="sm">
          All records
        </Link>
      }
    >
      <Loaded of={answer}>
        {({ items }) => (
          <Rows
            label="Latest acts"
            columns={actColumns}
            rows={items.filter((r) => !everyday.test(r.action)).slice(0, atMost)}
            rowKey={(r) => r.id}
            rowLink={(r) => `/audit/${r.id}`}
          />
        )}
      </Loaded>
    </Section>
  )
}
