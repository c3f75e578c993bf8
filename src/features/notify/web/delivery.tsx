import { Button, Code, Text } from '@mantine/core'
import {
  api,
  CopyBlock,
  Empty,
  Facts,
  Id,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useAct,
  useApi,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import { delivery, deliveryWhole, type Attempt, type DeliveryWhole } from '../schema.ts'
import { DeliveryState } from './words.tsx'

export function DeliveryScreen() {
  const webhook = useParam('webhookId')
  const id = useParam('deliveryId')
  const path = `/api/v1/webhooks/${webhook}/deliveries/${id}`
  const answer = useApi(['deliveries', id], path, deliveryWhole, { every: 5_000 })
  return <Loaded of={answer}>{(one) => <Shown webhook={webhook} path={path} of={one} />}</Loaded>
}

function Shown({
  webhook,
  path,
  of: d,
}: {
  readonly webhook: string
  readonly path: string
  readonly of: DeliveryWhole
}) {
  const again = useAct(() => api.post(`${path}/redeliver`, { schema: delivery }), {
    done: 'It is sent once more',
    refresh: ['deliveries', 'webhooks'],
  })
  return (
    <Page
      title={d.label}
      trail={[
        { label: 'Webhooks', to: '/webhooks' },
        { label: 'Webhook', to: `/webhooks/${webhook}` },
      ]}
      mark={<DeliveryState of={d.state} />}
      actions={
        <Button
          disabled={d.state === 'waiting' || d.body === null}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          Send again
        </Button>
      }
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Type', <code>{d.type}</code>],
            ['Made', <Time at={d.createdAt} />],
            ...(d.nextAt === null ? [] : [['Next attempt', <Time at={d.nextAt} />] as const]),
            ...(d.finishedAt === null ? [] : [['Finished', <Time at={d.finishedAt} />] as const]),
            ['webhook-id', <Id value={d.id} />],
          ]}
        />
      </Section>
      <Section title="Attempts" about="All of them carry the same webhook-id.">
        {d.log.length === 0 ? (
          <Empty title="None yet">The first attempt follows at once.</Empty>
        ) : (
          <Rows
            label="Attempts"
            columns={columns}
            rows={d.log}
            rowKey={(attempt) => String(attempt.number)}
          />
        )}
      </Section>
      {d.body !== null && (
        <Section title="Body">
          <CopyBlock title="As it is sent" text={readable(d.body)} />
        </Section>
      )}
    </Page>
  )
}

const columns: readonly Column<Attempt>[] = [
  { key: 'number', header: 'No', cell: (a) => a.number, width: 50 },
  { key: 'at', header: 'At', cell: (a) => <Time at={a.at} /> },
  { key: 'ms', header: 'Took', cell: (a) => `${a.ms} ms`, align: 'right', wideOnly: true },
  {
    key: 'result',
    header: 'What came back',
    cell: (a) => (
      <>
        {a.status ?? a.failure}
        {a.message !== null && (
          <Text component="div" size="xs" c="dimmed">
            {a.message}
          </Text>
        )}
        {a.answer !== '' && (
          <Code block mt={4}>
            {a.answer}
          </Code>
        )}
      </>
    ),
  },
]

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
