import { Group, Text } from '@mantine/core'
import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Page,
  Status,
  Time,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { collectionHead, type CollectionHead } from '../schema.ts'
import { Sums } from './sums.tsx'

const columns: readonly Column<CollectionHead>[] = [
  { key: 'path', header: 'Collection', cell: (c) => c.path, sort: true },
  { key: 'title', header: 'Title', cell: (c) => c.title, wideOnly: true },
  { key: 'pages', header: 'Pages', cell: (c) => c.pages.toLocaleString('en'), align: 'right' },
  {
    key: 'changed',
    header: 'Last change',
    cell: (c) =>
      c.lastSnapshot ? (
        <Group gap={10} wrap="nowrap">
          <Time at={c.lastSnapshot.at} />
          <Sums added={c.lastSnapshot.added} removed={c.lastSnapshot.removed} />
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          not yet checked
        </Text>
      ),
    sort: true,
  },
  { key: 'state', header: 'State', cell: (c) => <State of={c} /> },
  {
    key: 'next',
    header: 'Next check',
    cell: (c) => (c.nextRunAt === null || c.paused ? '–' : <Time at={c.nextRunAt} />),
    wideOnly: true,
  },
]

export function State({ of: c }: { readonly of: CollectionHead }) {
  if (c.running) return <Status meaning="prompt">checking</Status>
  if (c.failing > 0) return <Status meaning="forbidden">{c.failing} failing</Status>
  if (c.paused) return <Status meaning="neutral">paused</Status>
  // Without a source or a schedule it only holds what was brought to it.
  if (c.nextRunAt === null) return <Status meaning="neutral">not scheduled</Status>
  return <Status meaning="allowed">watched</Status>
}

export function CollectionsScreen() {
  const may = useCan('watch.manage')
  const mayExcept = useCan('outbound.manage')
  const add = <LinkButton to="/watch/new">Add a collection</LinkButton>
  return (
    <Page
      title="Collections"
      about="Pages that vendors change, every version kept. Any two can be put side by side."
      actions={may && add}
    >
      <DataTable
        name="collections"
        label="Collections"
        path="/api/v1/watch/collections"
        schema={collectionHead}
        columns={columns}
        rowKey={(c) => c.id}
        rowLink={(c) => `/watch/${c.path}`}
        rowName={(c) => c.path}
        search="Address or title"
        empty={
          <Empty title="Nothing is watched yet" action={may && add}>
            A collection is the documentation of one product: give Gatehouse its{' '}
            <code>llms.txt</code>, its sitemap or a list of pages, and every change is kept from
            then on.
          </Empty>
        }
      />
      {mayExcept && (
        <Text size="sm" c="dimmed" mt="md">
          Only hosts on the public internet are called.{' '}
          <Link to="/watch/exceptions" underline="always">
            Outbound exceptions
          </Link>{' '}
          name others.
        </Text>
      )}
    </Page>
  )
}
