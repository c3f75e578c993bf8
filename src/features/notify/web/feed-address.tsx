import { Button, Group, Stack, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  CopyBlock,
  Effect,
  Loaded,
  Time,
  useAct,
  useApi,
} from '#web/kit/index.ts'
import { feedKey, type FeedKey } from '../schema.ts'

const path = '/api/v1/feed-address'
export const useFeedKey = () => useApi(['feed-address'], path, feedKey)

function useRenew(done: string) {
  return useAct(() => api.post(path, { schema: feedKey }), { done, refresh: ['feed-address'] })
}

/** The feeds of a collection or page at one's own address, to be copied into a reader. */
export function FeedLinks({
  collectionPath,
  page,
}: {
  readonly collectionPath: string
  readonly page?: string
}) {
  const answer = useFeedKey()
  const make = useRenew('Feed address made')
  return (
    <Loaded of={answer}>
      {({ address }) =>
        address === null ? (
          <Group>
            <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
              Make my feed address
            </Button>
            <Text size="sm" c="dimmed">
              It lets a feed reader read what you may read. You can end it at any time.
            </Text>
          </Group>
        ) : (
          <Stack gap="xs">
            {(['atom', 'rss'] as const).map((format) => (
              <CopyBlock
                key={format}
                title={format === 'atom' ? 'Atom' : 'RSS'}
                text={feedUrl(address, collectionPath, page, format)}
              />
            ))}
          </Stack>
        )
      }
    </Loaded>
  )
}

/** Lets a browser find the feed of what is on the screen, where the member has an address. */
export function FeedDiscovery({
  collectionPath,
  page,
}: {
  readonly collectionPath: string
  readonly page: string | undefined
}) {
  const address = useFeedKey().data?.address ?? null
  if (address === null) return null
  const href = feedUrl(address, collectionPath, page, 'atom')
  return <link rel="alternate" type="application/atom+xml" title={collectionPath} href={href} />
}

function feedUrl(
  address: string,
  collectionPath: string,
  page: string | undefined,
  format: 'atom' | 'rss',
): string {
  const query = page === undefined ? '' : `?${new URLSearchParams({ page }).toString()}`
  return `${address}/watch/${collectionPath}.${format}${query}`
}

/** One's own address: what it is, when a reader used it, and its end. */
export function FeedAddress() {
  return <Loaded of={useFeedKey()}>{(key) => <Shown of={key} />}</Loaded>
}

function Shown({ of: { address, createdAt, lastUsedAt } }: { readonly of: FeedKey }) {
  const renew = useRenew(address === null ? 'Feed address made' : 'Feed address replaced')
  const revoke = useAct(() => api.delete(path, { schema: feedKey }), {
    done: 'Feed address ended',
    refresh: ['feed-address'],
  })
  if (address === null)
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          With an address of your own a feed reader can read every collection that you may read.
        </Text>
        <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          Make my feed address
        </Button>
      </Stack>
    )
  return (
    <Stack gap="xs">
      <CopyBlock title="Address" text={address} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Made <Time at={createdAt} />, last used <Time at={lastUsedAt} none="never" />. Whoever has
          it reads what you may read. “Subscribe” on a collection or page shows the whole address of
          its feed.
        </Text>
        <Group gap="xs">
          <ConfirmButton
            label="Replace"
            button={{ size: 'compact-sm' }}
            title="Replace your feed address?"
            action="Replace"
            onConfirm={() => renew.mutateAsync()}
          >
            <Effect
              touches="Every reader of yours that has the present address."
              when="From its next fetch on it gets nothing."
              undo="It cannot be taken back; give the readers the new address."
            />
          </ConfirmButton>
          <ConfirmButton
            label="End"
            button={{ size: 'compact-sm' }}
            title="End your feed address?"
            action="End it"
            onConfirm={() => revoke.mutateAsync()}
          >
            <Effect
              touches="Every reader of yours that has the address."
              when="From its next fetch on it gets nothing."
              undo="It cannot be taken back; a new address can be made."
            />
          </ConfirmButton>
        </Group>
      </Group>
    </Stack>
  )
}
