import { useState } from 'react'
import { Alert, Button, Modal } from '@mantine/core'
import {
  DataTable,
  Empty,
  Facts,
  Id,
  Loaded,
  Page,
  Section,
  Time,
  useApi,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import {
  delivery,
  endpoint as endpointSchema,
  subscription,
  type Delivery,
  type Endpoint,
} from '../schema.ts'
import { SubscribeForm } from './subscribe.tsx'
import { subscriptionColumns } from './subscriptions.tsx'
import { WebhookActs } from './webhook-acts.tsx'
import { DeliveryState, EndpointState, followsWords, kindWords } from './words.tsx'

export function WebhookScreen() {
  const id = useParam('webhookId')
  const answer = useApi(['webhooks', id], `/api/v1/webhooks/${id}`, endpointSchema, {
    every: 15_000,
  })
  return <Loaded of={answer}>{(endpoint) => <Shown of={endpoint} />}</Loaded>
}

function Shown({ of: e }: { readonly of: Endpoint }) {
  return (
    <Page
      title={e.name}
      trail={[{ label: 'Webhooks', to: '/webhooks' }]}
      mark={<EndpointState of={e.state} />}
      about={<code>{e.url}</code>}
      actions={<WebhookActs of={e} />}
    >
      <Trouble of={e} />
      <Section title="Facts">
        <Facts
          of={[
            ['Kind', kindWords[e.kind]],
            ['Last delivery', <Time at={e.lastSuccessAt} none="none yet" />],
            ...(e.oldSecretUntil !== null
              ? [['The secret before signs until', <Time at={e.oldSecretUntil} />] as const]
              : []),
            ['Added', <Time at={e.createdAt} />],
            ['Added by', e.createdBy],
            ['Id', <Id value={e.id} />],
          ]}
        />
      </Section>
      <Section title="What it is told" actions={<Follow of={e} />}>
        <DataTable
          name="subscriptions"
          label="Subscriptions"
          path="/api/v1/subscriptions"
          query={{ endpoint: e.id, channel: 'webhook' }}
          prefix="s_"
          schema={subscription}
          columns={subscriptionColumns.filter((column) => column.key !== 'to')}
          rowKey={(s) => s.id}
          rowName={followsWords}
          search={false}
          empty={
            <Empty title="Nothing yet" action={<Follow of={e} />}>
              It is told of the collections, pages and words that it follows.
            </Empty>
          }
        />
      </Section>
      <Section title="Deliveries" about="Of the last 30 days.">
        <DataTable
          name="deliveries"
          label="Deliveries"
          path={`/api/v1/webhooks/${e.id}/deliveries`}
          schema={delivery}
          columns={columns}
          rowKey={(d) => d.id}
          rowLink={(d) => `/webhooks/${e.id}/deliveries/${d.id}`}
          rowName={(d) => d.label}
          search="What it was about"
          filters={[
            {
              key: 'state',
              label: 'All',
              options: [
                { value: 'waiting', label: 'Being tried' },
                { value: 'delivered', label: 'Delivered' },
                { value: 'failed', label: 'Failed' },
                { value: 'dropped', label: 'Dropped' },
              ],
            },
          ]}
          empty={<Empty title="Nothing was sent yet">Send a test to see whether it arrives.</Empty>}
        />
      </Section>
    </Page>
  )
}

const columns: readonly Column<Delivery>[] = [
  { key: 'label', header: 'About', cell: (d) => d.label },
  { key: 'state', header: 'State', cell: (d) => <DeliveryState of={d.state} />, width: 110 },
  { key: 'attempts', header: 'Attempts', cell: (d) => d.attempts, align: 'right', wideOnly: true },
  {
    key: 'status',
    header: 'Answer',
    cell: (d) => d.lastStatus ?? '–',
    align: 'right',
    wideOnly: true,
  },
  { key: 'at', header: 'Made', cell: (d) => <Time at={d.createdAt} />, align: 'right' },
]

function Trouble({ of: e }: { readonly of: Endpoint }) {
  if (e.state !== 'failing' && e.state !== 'disabled') return null
  return (
    <Alert color={e.state === 'disabled' ? 'red' : 'yellow'} variant="light" role="status" mb="md">
      {e.state === 'disabled' ? (
        <>
          Turned off <Time at={e.disabledAt} />, since nothing arrived for days or the receiver said
          that it is gone.{' '}
        </>
      ) : (
        <>
          Nothing arrived since <Time at={e.failingSince} />. After five days it is turned off.{' '}
        </>
      )}
      {e.lastError}
    </Alert>
  )
}

function Follow({ of: e }: { readonly of: Endpoint }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        Follow every collection
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Tell ${e.name} of every collection`}
        size="lg"
      >
        <SubscribeForm to={e.id} onDone={() => setOpened(false)} />
      </Modal>
    </>
  )
}
