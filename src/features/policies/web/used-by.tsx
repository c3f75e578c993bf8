import { Stack } from '@mantine/core'
import { Empty, Facts, LinkButton, Rows, Section, type Column } from '#web/kit/index.ts'
import type { UsedBy } from '../schema.ts'
import type { PolicyDetail } from './words.ts'

const columns: readonly Column<UsedBy>[] = [
  { key: 'label', header: 'Used by', cell: (use) => use.label },
]

/** What refers to a policy, and whom it reaches by that. */
export function UsedByList({ policy }: { readonly policy: PolicyDetail }) {
  if (policy.usedBy.length === 0)
    return (
      <Empty
        title="Nothing uses it"
        action={
          <LinkButton to="/rules" variant="default">
            Group rules
          </LinkButton>
        }
      >
        A policy reaches people through a group rule, or as the default for everybody else. This one
        could be archived.
      </Empty>
    )
  return (
    <Stack gap="lg">
      <Section title="Whom it reaches">
        <Facts
          of={[
            ['Members', policy.members],
            ['Enrolments', policy.enrolments],
            ['Service accounts', policy.accounts],
          ]}
        />
      </Section>
      <Section title="Through">
        <Rows
          label="Used by"
          columns={columns}
          rows={policy.usedBy}
          rowKey={(use) => use.id}
          rowLink={(use) => use.link}
        />
      </Section>
    </Stack>
  )
}
