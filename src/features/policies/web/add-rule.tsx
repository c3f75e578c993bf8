import { useState } from 'react'
import { Button, Group, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { z } from 'zod'
import { page } from '#features/workspace/schema.ts'
import { useApi } from '#web/kit/index.ts'
import type { Policy } from '../schema.ts'
import type { RuleDraft } from './rule-list.tsx'

const groups = page(z.object({ id: z.string(), name: z.string() }))

interface Props {
  readonly policies: readonly Policy[]
  /** Groups that have a rule: a second one for the same group would be dead. */
  readonly taken: ReadonlySet<string>
  readonly onAdd: (rule: RuleDraft) => void
}

export function AddRule({ policies, taken, onAdd }: Props) {
  const [group, setGroup] = useState<{ id: string; name: string }>()
  const [policyId, setPolicyId] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [q] = useDebouncedValue(search === group?.name ? '' : search, 200)
  const found = useApi(['groups', 'pick'], '/api/v1/groups', groups, {
    query: { q, limit: 100 },
    keep: true,
  })
  const free = (found.data?.items ?? []).filter((g) => !taken.has(g.id) || g.id === group?.id)
  const shown = group && !free.some((g) => g.id === group.id) ? [group, ...free] : free
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!group || policyId === null) return
        onAdd({ groupId: group.id, groupName: group.name, policyId })
        setGroup(undefined)
        setSearch('')
        setPolicyId(null)
      }}
    >
      <Group align="flex-end" gap="sm">
        <Select
          label="Group"
          placeholder="Choose a group"
          w={240}
          searchable
          nothingFoundMessage="No group without a rule"
          data={shown.map((g) => ({ value: g.id, label: g.name }))}
          value={group?.id ?? null}
          searchValue={search}
          onSearchChange={setSearch}
          onChange={(id) => setGroup(shown.find((g) => g.id === id))}
        />
        <Select
          label="Policy"
          placeholder="Choose a policy"
          w={240}
          searchable
          nothingFoundMessage="Only published policies can be given"
          data={policies.map((p) => ({ value: p.id, label: p.name }))}
          value={policyId}
          onChange={setPolicyId}
        />
        <Button type="submit" variant="default" disabled={!group || policyId === null}>
          Add rule
        </Button>
      </Group>
    </form>
  )
}
