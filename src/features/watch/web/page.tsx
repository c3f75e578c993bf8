import { Anchor, Button, Group, Tabs, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { z } from 'zod'
import {
  Empty,
  Link,
  Loaded,
  Page,
  Rows,
  Status,
  useAddress,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { SubscribeButton } from '#features/notify/web/subscribe.tsx'
import { pageText, version, type PageText, type Version } from '../schema.ts'
import type { Addresses } from './address.ts'
import { Blame } from './blame.tsx'
import { useCollection, useSnapshots } from './use-collection.ts'
import { SnapshotPicker } from './compare.tsx'
import { Downloads } from './downloads.tsx'
import { Rendered } from './rendered.tsx'
import { SourceText } from './source-text.tsx'
import { Sums } from './sums.tsx'
import { stampText, stepWords } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly page: string
}

const tabs = ['rendered', 'source', 'history', 'blame'] as const
const address = z.object({
  tab: z.enum(tabs).catch('rendered'),
  at: z.string().optional().catch(undefined),
})

/** One page: as it reads now or at any snapshot, its history, and since when each line stands. */
export function PageScreen({ at, page }: Props) {
  const [view, setView] = useAddress(address)
  const collection = useCollection(at)
  // A link to a line means the source.
  const tab = window.location.hash.startsWith('#L') && view.tab === 'rendered' ? 'source' : view.tab
  const text = useApi(['watch-page', at.path], at.apiPage('pages', page), pageText, {
    query: { at: view.at, html: true },
    keep: true,
  })
  return (
    <Page
      title={text.data?.title ?? page}
      trail={[
        { label: 'Collections', to: '/watch' },
        { label: collection.data?.title ?? at.path, to: at.root },
      ]}
      about={<About page={page} of={text.data} />}
      actions={
        <>
          <Downloads
            forms={{ markdown: 'Markdown', raw: 'Bytes as fetched' }}
            link={(form) =>
              `${at.apiPage('pages', page)}?format=${form}${view.at === undefined ? '' : `&at=${view.at}`}`
            }
          />
          <SubscribeButton collectionPath={at.path} page={page} />
        </>
      }
    >
      <When
        at={at}
        value={view.at ?? text.data?.stamp}
        onChange={(stamp) => setView({ at: stamp })}
      />
      <Tabs
        value={tab}
        onChange={(next) => {
          // A line belongs to the source alone.
          const { hash, pathname, search } = window.location
          if (hash !== '') history.replaceState(history.state, '', pathname + search)
          setView({ tab: next === 'rendered' ? undefined : (next as (typeof tabs)[number]) })
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="rendered">Rendered</Tabs.Tab>
          <Tabs.Tab value="source">Source</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="blame">Since when</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rendered">
          <Loaded of={text}>
            {(t) => (t.html === null ? <SourceText text={t.text} /> : <Rendered html={t.html} />)}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="source">
          <Loaded of={text}>{(t) => <SourceText text={t.text} />}</Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <PageHistory at={at} page={page} />
        </Tabs.Panel>
        <Tabs.Panel value="blame">
          <Blame at={at} page={page} stamp={view.at} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function About({ page, of }: { readonly page: string; readonly of: PageText | undefined }) {
  return (
    <Group gap={12}>
      <code>{page}</code>
      {of && /^https?:/.test(of.url) && (
        <Anchor href={of.url} target="_blank" rel="noreferrer noopener" size="sm">
          The page itself <IconExternalLink size={13} aria-hidden />
        </Anchor>
      )}
      {of && <span>as of {stampText(of.stamp)}</span>}
    </Group>
  )
}

interface WhenProps {
  readonly at: Addresses
  readonly value: string | undefined
  readonly onChange: (stamp: string) => void
}

function When({ at, value, onChange }: WhenProps) {
  const all = useSnapshots(at)
  const items = all.data?.items ?? []
  return (
    <Group align="flex-end" gap="sm" mb="md">
      <SnapshotPicker label="As it was at" items={items} value={value} onChange={onChange} />
    </Group>
  )
}

const versions = z.object({ items: z.array(version), next: z.string().nullable(), total: z.int() })

/** Every version of a page, newest first; flips are folded. */
function PageHistory({ at, page }: Props) {
  const [view, setView] = useAddress(
    z.object({ flips: z.enum(['shown', 'hidden']).catch('hidden') }),
  )
  const answer = useApi(['watch-history', at.path], at.apiPage('history', page), versions, {
    query: { limit: 500 },
  })
  return (
    <Loaded of={answer}>
      {({ items, total }) => {
        const flips = items.filter((v) => v.kind === 'flip').length
        const shown = view.flips === 'shown' ? items : items.filter((v) => v.kind !== 'flip')
        const older = new Map(items.map((v, i) => [v.stamp, items[i + 1]?.stamp] as const))
        if (items.length === 0) return <Empty title="No version yet">Nothing was taken in.</Empty>
        return (
          <>
            {flips > 0 && (
              <Button
                variant="subtle"
                size="compact-sm"
                mb="xs"
                onClick={() => setView({ flips: view.flips === 'shown' ? undefined : 'shown' })}
              >
                {view.flips === 'shown' ? 'Fold' : 'Show'} {flips} times it flipped between known
                versions
              </Button>
            )}
            <Rows
              label="Versions"
              rows={shown}
              rowKey={(v) => v.stamp}
              rowLink={(v) => {
                const before = older.get(v.stamp)
                return before === undefined
                  ? `${at.page(page)}?at=${v.stamp}`
                  : at.diff(page, before, v.stamp)
              }}
              columns={versionColumns(at, page)}
            />
            {total > items.length && (
              <Text size="sm" c="dimmed">
                The newest {items.length} of {total}.
              </Text>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

const versionColumns = (at: Addresses, page: string): readonly Column<Version>[] => [
  { key: 'stamp', header: 'Snapshot', cell: (v) => stampText(v.stamp) },
  {
    key: 'kind',
    header: 'What',
    cell: (v) => (
      <Status meaning={stepWords[v.kind].meaning}>
        {stepWords[v.kind].word}
        {v.flipOf !== null && ` to ${stampText(v.flipOf)}`}
      </Status>
    ),
  },
  { key: 'size', header: 'Lines', cell: (v) => <Sums added={v.added} removed={v.removed} /> },
  {
    key: 'text',
    header: 'Text',
    cell: (v) => <Link to={`${at.page(page)}?at=${v.stamp}`}>read</Link>,
    wideOnly: true,
  },
  { key: 'extractor', header: 'Extractor', cell: (v) => v.extractor, wideOnly: true },
]
