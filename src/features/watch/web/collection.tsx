import { Alert, Button, Group, Menu, Tabs, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { z } from 'zod'
import {
  api,
  Link,
  Loaded,
  Page,
  Status,
  Time,
  useAct,
  useAddress,
  useCan,
  plural,
} from '#web/kit/index.ts'
import { SubscribeButton } from '#features/notify/web/subscribe.tsx'
import type { Collection } from '../schema.ts'
import type { Addresses } from './address.ts'
import { Checks } from './checks.tsx'
import { State } from './collections.tsx'
import { settingsOf } from './form.ts'
import { Pages } from './pages.tsx'
import { Search } from './search.tsx'
import { CollectionSettings } from './settings.tsx'
import { CollectionTimeline } from './timeline.tsx'
import { useCollection } from './use-collection.ts'

const tabs = ['timeline', 'pages', 'search', 'checks', 'settings'] as const

/** One collection: its timeline, its pages, search, checks and settings. */
export function CollectionScreen({ at }: { readonly at: Addresses }) {
  const running = useCollection(at).data?.running === true
  const answer = useCollection(at, running ? 1_500 : 15_000)
  return <Loaded of={answer}>{(c) => <Shown at={at} of={c} />}</Loaded>
}

function Shown({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  const [view, setView] = useAddress(z.object({ tab: z.enum(tabs).catch('timeline') }))
  const may = useCan('watch.manage')
  return (
    <Page
      title={c.title}
      trail={[{ label: 'Collections', to: '/watch' }]}
      mark={<State of={c} />}
      about={<About of={c} />}
      actions={
        <>
          {may && <Acts at={at} of={c} />}
          <SubscribeButton collectionPath={c.path} />
          {may && <CheckNow at={at} of={c} />}
        </>
      }
    >
      <SinceLastLook at={at} of={c} />
      <Tabs
        value={view.tab}
        onChange={(tab) =>
          setView({ tab: tab === 'timeline' ? undefined : (tab as (typeof tabs)[number]) })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
          <Tabs.Tab value="pages">Pages</Tabs.Tab>
          <Tabs.Tab value="search">Search</Tabs.Tab>
          <Tabs.Tab value="checks">Checks</Tabs.Tab>
          {may && <Tabs.Tab value="settings">Settings</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <CollectionTimeline at={at} of={c} />
        </Tabs.Panel>
        <Tabs.Panel value="pages">
          <Pages at={at} />
        </Tabs.Panel>
        <Tabs.Panel value="search">
          <Search at={at} />
        </Tabs.Panel>
        <Tabs.Panel value="checks">
          <Checks at={at} of={c} />
        </Tabs.Panel>
        {may && (
          <Tabs.Panel value="settings">
            <CollectionSettings at={at} of={c} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  )
}

function About({ of: c }: { readonly of: Collection }) {
  return (
    <Group gap={8}>
      <code>{c.path}</code>
      <span>{plural(c.pages, 'page')}</span>
      <span>{plural(c.snapshots, 'snapshot')}</span>
      {c.lastRunAt !== null && (
        <span>
          checked <Time at={c.lastRunAt} />
        </span>
      )}
      {c.visibility === 'public' && <Status meaning="neutral">public</Status>}
      {c.policyDocumentation && <Status meaning="neutral">policy documentation</Status>}
    </Group>
  )
}

function CheckNow({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  const check = useAct(() => api.post(`${at.api}/check`), {
    done: 'The check has begun',
    refresh: ['collections', 'runs'],
  })
  return (
    <Button
      loading={check.isPending}
      disabled={c.running || c.sources.length === 0}
      title={c.sources.length === 0 ? 'It has no sources; its history was imported' : undefined}
      onClick={() => check.mutate(undefined)}
    >
      Check now
    </Button>
  )
}

function Acts({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  const pause = useAct(
    (paused: boolean) =>
      api.patch(at.api, { body: { revision: c.revision, ...settingsOf(c), paused } }),
    { done: (_, paused) => (paused ? 'Paused' : 'Watching again'), refresh: ['collections'] },
  )
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px={8} aria-label="More">
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => pause.mutate(!c.paused)}>
          {c.paused ? 'Watch again' : 'Pause'}
        </Menu.Item>
        <Menu.Item component="a" href={`${at.api}/export?format=git`} download>
          Export as a git fast-import stream
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What is new for this member, as one step. */
function SinceLastLook({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  const seen = useAct((stamp: string) => api.post(`${at.api}/seen`, { body: { stamp } }), {
    refresh: ['collections'],
  })
  const { lastSeen, lastSnapshot } = c
  if (!lastSeen || !lastSnapshot || lastSeen.at >= lastSnapshot.at) return null
  return (
    <Alert mb="md" py={8} color="gray">
      <Group justify="space-between">
        <Text size="sm">
          Changed since you last looked, <Time at={lastSeen.at} />.{' '}
          <Link to={at.step(lastSeen.stamp, lastSnapshot.stamp)}>See it all in one step</Link>
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          loading={seen.isPending}
          onClick={() => seen.mutate(lastSnapshot.stamp)}
        >
          Mark as seen
        </Button>
      </Group>
    </Alert>
  )
}
