import { Group } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { Link, Page, useApi, useGo } from '#web/kit/index.ts'
import { SubscribeButton } from '#features/notify/web/subscribe.tsx'
import { z } from 'zod'
import { version } from '../schema.ts'
import type { Addresses } from './address.ts'
import { useCollection, useSnapshots } from './use-collection.ts'
import { SnapshotPicker } from './compare.tsx'
import { Downloads } from './downloads.tsx'
import { Neighbours } from './neighbours.tsx'
import { PageDiffBody } from './page-diff-body.tsx'
import { useSeen } from './use-seen.ts'

interface Props {
  readonly at: Addresses
  readonly page: string
  readonly a: string
  readonly b: string
}

const versions = z.object({ items: z.array(version) })

const forms = { patch: 'Patch', html: 'HTML', markdown: 'Markdown', json: 'JSON' }

/** One page at any two moments, side by side. */
export function PageDiffScreen({ at, page, a, b }: Props) {
  const go = useGo()
  const collection = useCollection(at)
  const all = useSnapshots(at)
  const history = useApi(['watch-history', at.path], at.apiPage('history', page), versions, {
    query: { limit: 500 },
  })
  const items = all.data?.items ?? []
  const link = (from: string, to: string) => at.diff(page, from, to)
  // Steps go by the page's own versions: between them nothing of it changed.
  const stamps = history.data?.items.map((v) => v.stamp) ?? []
  useSeen(at, b)
  useHotkeys([
    ['j', () => stepBy(1)],
    ['k', () => stepBy(-1)],
  ])
  const stepBy = (by: 1 | -1) => {
    const place = stamps.indexOf(by === 1 ? b : a)
    const other = stamps[place - by]
    if (place !== -1 && other !== undefined) go(by === 1 ? link(b, other) : link(other, a))
  }
  return (
    <Page
      title={page}
      trail={[
        { label: 'Collections', to: '/watch' },
        { label: collection.data?.title ?? at.path, to: at.root },
      ]}
      about={
        <Group gap={12}>
          <Link to={at.page(page)}>The page</Link>
          <Link to={at.page(page)} search={{ tab: 'history' }}>
            Its history
          </Link>
          <Link to={at.step(a, b)}>The whole step</Link>
        </Group>
      }
      actions={
        <>
          <Downloads
            forms={forms}
            link={(form) =>
              `${at.api}/diff/${a}/${b}?page=${encodeURIComponent(page)}&format=${form}`
            }
          />
          <SubscribeButton collectionPath={at.path} page={page} />
        </>
      }
    >
      <Group align="flex-end" gap="sm" mb="md" className="gh-noprint">
        <SnapshotPicker
          label="From"
          items={items}
          value={a}
          onChange={(next) => go(link(next, b))}
        />
        <SnapshotPicker label="To" items={items} value={b} onChange={(next) => go(link(a, next))} />
        <Neighbours stamps={stamps} a={a} b={b} link={link} />
      </Group>
      <PageDiffBody at={at} page={page} a={a} b={b} keys options />
    </Page>
  )
}
