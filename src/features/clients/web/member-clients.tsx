import { useState } from 'react'
import { Button, Group, Modal, Text } from '@mantine/core'
import { Link, Loaded, Rows, Section, Time, useApi, useCan, type Column } from '#web/kit/index.ts'
import { clientPage, type Client } from '../schema.ts'
import { at, endClient } from './calls.ts'
import { EndOne } from './end-one.tsx'
import { EndThese } from './end-many.tsx'
import { ClientState, programOf, routeNames, Served } from './words.tsx'

const atMost = 5

const columns: readonly Column<Client>[] = [
  { key: 'program', header: 'Client', cell: programOf },
  { key: 'route', header: 'Route', cell: (c) => routeNames[c.route], wideOnly: true },
  { key: 'state', header: 'State', cell: (c) => <ClientState of={c} /> },
  { key: 'served', header: 'Policy last served', cell: (c) => <Served of={c} />, wideOnly: true },
  { key: 'used', header: 'Last used', cell: (c) => <Time at={c.lastUsedAt} />, align: 'right' },
]
const endColumn: Column<Client> = {
  key: 'end',
  header: '',
  align: 'right',
  cell: (c) =>
    c.state !== 'ended' && <EndOne of={c} end={endClient} button={{ size: 'compact-xs' }} />,
}

/** On a member's page: her clients, the newest first, and the end of them all. */
export function MemberClients({ member }: { readonly member: { id: string; name: string } }) {
  return useCan('clients.read') ? <Listed member={member} /> : null
}

function Listed({ member }: { readonly member: { readonly id: string; readonly name: string } }) {
  const manages = useCan('clients.manage')
  const answer = useApi(['clients', 'of-member', member.id], at.clients, clientPage, {
    query: { member: member.id, limit: atMost },
  })
  const total = answer.data?.total ?? 0
  return (
    <Section
      title="Clients"
      about="What is signed in as this member."
      actions={
        <Group gap="sm">
          {total > atMost && (
            <Link to="/clients" search={{ member: member.id }} size="sm">
              All {total.toLocaleString('en')}
            </Link>
          )}
          {manages && answer.data?.items.some((c) => c.state !== 'ended') === true && (
            <EndAll member={member} />
          )}
        </Group>
      }
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              None has signed in.
            </Text>
          ) : (
            <Rows
              label="Clients"
              columns={manages ? [...columns, endColumn] : columns}
              rows={items}
              rowKey={(c) => c.id}
              rowLink={(c) => `/clients/${c.id}`}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

function EndAll({ member }: { readonly member: { readonly id: string; readonly name: string } }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        End all…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`End all sign-ins of ${member.name}?`}
        size="md"
      >
        <EndThese filter={{ member: member.id }} onClose={close} />
      </Modal>
    </>
  )
}
