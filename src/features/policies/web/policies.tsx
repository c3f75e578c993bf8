import { Group } from '@mantine/core'
import { DataTable, Empty, Page, Status, Time, useCan, type Column } from '#web/kit/index.ts'
import { policy, type Policy } from '../schema.ts'
import { NewPolicy } from './new-policy.tsx'
import { RolloutMarks } from './rollout/words.tsx'

const columns: readonly Column<Policy>[] = [
  { key: 'name', header: 'Name', cell: (p) => p.name, sort: true },
  { key: 'state', header: 'State', cell: (p) => <Marks of={p} /> },
  { key: 'members', header: 'Members', cell: (p) => p.members, sort: true, align: 'right' },
  {
    key: 'enrolments',
    header: 'Enrolments',
    cell: (p) => p.enrolments,
    align: 'right',
    wideOnly: true,
  },
  {
    key: 'published',
    header: 'Published',
    cell: (p) =>
      p.published ? (
        <>
          <Time at={p.published.at} /> by {p.published.author}
        </>
      ) : (
        'never'
      ),
    wideOnly: true,
  },
  {
    key: 'updated',
    header: 'Draft changed',
    cell: (p) => <Time at={p.draft.updatedAt} />,
    sort: true,
    wideOnly: true,
  },
]

/** What can be said of a policy in a word or two each. */
export function Marks({ of: p }: { readonly of: Policy }) {
  return (
    <Group gap={6} component="span">
      {p.archivedAt !== null && <Status>archived</Status>}
      {p.published && <Status meaning="allowed">version {p.published.number}</Status>}
      {!p.published && <Status>never published</Status>}
      <RolloutMarks of={p} />
      {p.published && p.draft.changed && <Status meaning="changed">draft changed</Status>}
      {p.isDefault && <Status>default</Status>}
    </Group>
  )
}

export function PoliciesScreen() {
  const may = useCan('policies.edit')
  return (
    <Page
      title="Policies"
      about="Each is one requirements.toml, in versions that never change once published. Group rules say who gets which."
      actions={may && <NewPolicy />}
    >
      <DataTable
        name="policies"
        label="Policies"
        path="/api/v1/policies"
        schema={policy}
        columns={columns}
        rowKey={(p) => p.id}
        rowLink={(p) => `/policies/${p.id}`}
        rowName={(p) => p.name}
        search="Name or description"
        filters={[
          {
            key: 'archived',
            label: 'Not archived',
            options: [
              { value: 'yes', label: 'Archived' },
              { value: 'all', label: 'All' },
            ],
          },
        ]}
        empty={
          <Empty title="No policies yet" action={may && <NewPolicy />}>
            A policy limits what coding agents may do: sandbox, approvals, network, commands. Make
            one baseline for everybody first; variants only where they are needed.
          </Empty>
        }
      />
    </Page>
  )
}
