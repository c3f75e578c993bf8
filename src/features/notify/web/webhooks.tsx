import { Text } from '@mantine/core'
import { DataTable, Empty, Page, Time, type Column } from '#web/kit/index.ts'
import { endpoint, type Endpoint } from '../schema.ts'
import { NewWebhook } from './new-webhook.tsx'
import { EndpointState, kindWords } from './words.tsx'

const columns: readonly Column<Endpoint>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (e) => (
      <>
        {e.name}
        <Text component="div" size="xs" c="dimmed" ff="monospace">
          {e.url}
        </Text>
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (e) => <EndpointState of={e.state} />, width: 120 },
  { key: 'kind', header: 'Kind', cell: (e) => kindWords[e.kind], wideOnly: true },
  {
    key: 'subscriptions',
    header: 'Subscriptions',
    cell: (e) => e.subscriptions,
    align: 'right',
    wideOnly: true,
  },
  {
    key: 'lastSuccessAt',
    header: 'Last delivery',
    cell: (e) => <Time at={e.lastSuccessAt} none="none yet" />,
    align: 'right',
    wideOnly: true,
  },
]

export function WebhooksScreen() {
  return (
    <Page
      title="Webhooks"
      about="Addresses that are told when something changes. They belong to the workspace."
      actions={<NewWebhook />}
    >
      <DataTable
        name="webhooks"
        label="Webhooks"
        path="/api/v1/webhooks"
        schema={endpoint}
        columns={columns}
        rowKey={(e) => e.id}
        rowLink={(e) => `/webhooks/${e.id}`}
        rowName={(e) => e.name}
        search="Name"
        empty={
          <Empty title="No webhooks yet" action={<NewWebhook />}>
            A webhook brings changes into a chat or a program: signed JSON, or messages for
            Slack-compatible chats.
          </Empty>
        }
      />
    </Page>
  )
}
