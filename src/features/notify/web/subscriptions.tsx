import { Text } from '@mantine/core'
import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Page,
  Section,
  Status,
  Time,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { subscription, type Subscription } from '../schema.ts'
import { SubscriptionActs } from './subscription-acts.tsx'
import { FeedAddress } from './feed-address.tsx'
import { SubscribeButton } from './subscribe.tsx'
import { followsWords, rhythmWords } from './words.tsx'

export const subscriptionColumns: readonly Column<Subscription>[] = [
  {
    key: 'follows',
    header: 'Follows',
    cell: (s) => (
      <>
        {s.collection?.title === undefined || s.collection.title === null ? (
          followsWords(s)
        ) : (
          <Link to={`/watch/${s.collection.path}`}>{followsWords(s)}</Link>
        )}
        {s.collection !== null && (
          <Text component="div" size="xs" c="dimmed" ff="monospace">
            {s.collection.path}
          </Text>
        )}
      </>
    ),
  },
  { key: 'to', header: 'To', cell: (s) => <To of={s} />, wideOnly: true },
  {
    key: 'rhythm',
    header: 'When',
    cell: (s) => (s.paused ? <Status meaning="neutral">paused</Status> : <Rhythm of={s} />),
  },
  { key: 'acts', header: '', cell: (s) => <SubscriptionActs of={s} />, align: 'right', width: 60 },
]

function To({ of: { channel } }: { readonly of: Subscription }) {
  if (channel.kind === 'mail') return channel.to
  return <Link to={`/webhooks/${channel.endpointId}`}>{channel.name}</Link>
}

function Rhythm({ of: s }: { readonly of: Subscription }) {
  return (
    <>
      {rhythmWords(s.rhythm)}
      {s.nextAt !== null && (
        <Text component="div" size="xs" c="dimmed">
          next <Time at={s.nextAt} />
        </Text>
      )}
    </>
  )
}

export function SubscriptionsScreen() {
  const all = useCan('webhooks.manage')
  return (
    <Page
      title="Subscriptions"
      about={
        all
          ? 'What is told to you by mail, and what the webhooks of the workspace are told.'
          : 'What is told to you by mail.'
      }
      actions={<SubscribeButton />}
    >
      <DataTable
        name="subscriptions"
        label="Subscriptions"
        path="/api/v1/subscriptions"
        schema={subscription}
        columns={subscriptionColumns}
        rowKey={(s) => s.id}
        rowName={followsWords}
        search={false}
        {...(all && {
          filters: [
            {
              key: 'channel',
              label: 'All',
              options: [
                { value: 'mail', label: 'By mail' },
                { value: 'webhook', label: 'To webhooks' },
              ],
            },
          ],
        })}
        empty={
          <Empty
            title="You follow nothing yet"
            action={<LinkButton to="/watch">Choose a collection</LinkButton>}
          >
            Subscribe to a collection, a page or a word, and hear of a change with its diff: at once
            or as a digest.
          </Empty>
        }
      />
      <Section title="In a feed reader" about="Atom and RSS, with the change inside.">
        <FeedAddress />
      </Section>
    </Page>
  )
}
