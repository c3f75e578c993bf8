import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { GroupPicker } from '#features/access/web/pickers.tsx'
import { api, Empty, Link, Rows, Section, Status, useAct, type Column } from '#web/kit/index.ts'
import { provider, type Mapping, type Provider } from '../sso/schema.ts'
import { ssoKey } from './sso-providers.tsx'

type Mapped = Provider['mappings'][number]
const keyOf = ({ value, groupId }: Mapping): string => `${groupId} ${value}`

/** Which value of the groups claim puts people into which group. */
export function ClaimedGroups({ of: one }: { readonly of: Provider }) {
  const save = useAct(
    (mappings: readonly Mapping[]) =>
      api.put(`/api/v1/sso/providers/${one.id}/groups`, {
        body: { version: one.version, mappings },
        schema: provider,
      }),
    { done: 'Saved. It takes effect for each member at her next sign-in.', refresh: [ssoKey] },
  )
  const mappings = one.mappings.map(({ value, groupId }) => ({ value, groupId }))
  const columns: readonly Column<Mapped>[] = [
    { key: 'value', header: 'When the claim holds', cell: (m) => <code>{m.value}</code> },
    {
      key: 'group',
      header: 'She is in',
      cell: (m) => (
        <Group gap="xs">
          <Link to={`/groups/${m.groupId}`}>{m.groupName}</Link>
          {!m.kept && <Status meaning="neutral">kept by a directory</Status>}
        </Group>
      ),
    },
    {
      key: 'remove',
      header: 'Remove',
      align: 'right',
      cell: (m) => (
        <Button
          size="compact-sm"
          variant="default"
          loading={save.isPending}
          aria-label={`Remove ${m.value} → ${m.groupName}`}
          onClick={() => save.mutate(mappings.filter((other) => keyOf(other) !== keyOf(m)))}
        >
          Remove
        </Button>
      ),
    },
  ]
  if (one.groupsClaim === null)
    return (
      <Section title="Groups">
        <Text size="sm">The provider is not asked for groups. Name its groups claim below.</Text>
      </Section>
    )
  return (
    <Section
      title="Groups"
      about={
        <>
          At every sign-in the claim <code>{one.groupsClaim}</code> decides who is in these groups:
          people join and leave by it. Other groups are left alone, and so is what somebody was
          given for a time.
        </>
      }
    >
      {one.mappings.length === 0 ? (
        <Empty title="No value is connected yet">
          Until then the claim changes nothing. Groups are never made from it.
        </Empty>
      ) : (
        <Rows label="Connected values" columns={columns} rows={one.mappings} rowKey={keyOf} />
      )}
      <Add busy={save.isPending} onAdd={(mapping) => save.mutate([...mappings, mapping])} />
    </Section>
  )
}

function Add(props: { readonly busy: boolean; readonly onAdd: (mapping: Mapping) => void }) {
  const [value, setValue] = useState('')
  const [groupId, setGroupId] = useState<string | null>(null)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (groupId !== null) props.onAdd({ value: value.trim(), groupId })
      }}
    >
      <Group align="end" gap="xs" mt="md">
        <TextInput
          label="Value of the claim"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <GroupPicker value={groupId} onChange={setGroupId} />
        <Button
          type="submit"
          variant="default"
          loading={props.busy}
          disabled={value.trim() === '' || groupId === null}
        >
          Connect
        </Button>
      </Group>
    </form>
  )
}
