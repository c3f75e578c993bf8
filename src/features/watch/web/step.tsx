import { useState } from 'react'
import { Button, Group, Text, UnstyledButton } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconChevronRight } from '@tabler/icons-react'
import {
  Empty,
  Link,
  Loaded,
  Page,
  Status,
  useAddress,
  useApi,
  useGo,
  plural,
} from '#web/kit/index.ts'
import { changes, type ChangedPage, type Changes } from '../schema.ts'
import type { Addresses } from './address.ts'
import { useCollection, useSnapshots } from './use-collection.ts'
import { SnapshotPicker } from './compare.tsx'
import { diffAddress, DiffOptionsBar } from './diff-options.tsx'
import { PolicyKeys } from './policy-keys.tsx'
import { Neighbours } from './neighbours.tsx'
import { PageDiffBody } from './page-diff-body.tsx'
import { Boundary } from './boundary.tsx'
import { Sums } from './sums.tsx'
import { useSeen } from './use-seen.ts'
import { stampText, stepWords } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly a: string
  readonly b: string
}

/** The whole set between two snapshots: every page that changed, each diff folded under its name. */
export function StepScreen({ at, a, b }: Props) {
  const collection = useCollection(at)
  const [view, setView] = useAddress(diffAddress)
  const [limit, setLimit] = useState(100)
  const answer = useApi(['changes', at.path], `${at.api}/changes/${a}/${b}`, changes, {
    query: { limit, formatting: view.formatting, ignored: view.ignored },
    keep: true,
  })
  useSeen(at, b)
  return (
    <Page
      title={`${stampText(a)} to ${stampText(b)}`}
      trail={[
        { label: 'Collections', to: '/watch' },
        { label: collection.data?.title ?? at.path, to: at.root },
      ]}
      about={answer.data && <Sum of={answer.data} />}
    >
      <Pair at={at} a={a} b={b} />
      {collection.data?.policyDocumentation === true && <PolicyKeys at={at} a={a} b={b} />}
      <Loaded of={answer}>
        {(set) => (
          <>
            {set.boundary !== null && <Boundary text={set.boundary} />}
            <DiffOptionsBar view={view} onChange={setView} quiet={set.quietPages} />
            {set.items.length === 0 ? (
              <Empty title="Nothing changed">
                {set.quietPages > 0
                  ? `${plural(set.quietPages, 'page')} differ in formatting only.`
                  : 'Every page reads the same at both moments.'}
              </Empty>
            ) : (
              <PageList at={at} a={a} b={b} items={set.items} />
            )}
            {set.next !== null && limit < 500 && (
              <Button variant="default" mt="md" onClick={() => setLimit(500)}>
                Show more of {plural(set.total, 'page')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Sum({ of: set }: { readonly of: Changes }) {
  const changed = set.pages - set.newPages - set.gonePages - set.movedPages
  const parts = [
    `${plural(Math.max(0, changed), 'page')} changed`,
    set.newPages > 0 && `${set.newPages} new`,
    set.gonePages > 0 && `${set.gonePages} gone`,
    set.movedPages > 0 && `${set.movedPages} moved`,
    set.quietPages > 0 && `${set.quietPages} in formatting only`,
  ].filter((part) => part !== false)
  return (
    <Group gap={12}>
      <span>{parts.join(', ')}</span>
      <Sums added={set.added} removed={set.removed} />
    </Group>
  )
}

function Pair({ at, a, b }: Props) {
  const go = useGo()
  const all = useSnapshots(at)
  const items = all.data?.items ?? []
  return (
    <Group align="flex-end" gap="sm" mb="md">
      <SnapshotPicker
        label="From"
        items={items}
        value={a}
        onChange={(next) => go(at.step(next, b))}
      />
      <SnapshotPicker
        label="To"
        items={items}
        value={b}
        onChange={(next) => go(at.step(a, next))}
      />
      <Neighbours stamps={items.map((s) => s.stamp)} a={a} b={b} link={at.step} />
    </Group>
  )
}

interface ListProps extends Props {
  readonly items: readonly ChangedPage[]
}

function PageList({ at, a, b, items }: ListProps) {
  // Few pages are read at once; many are a list to choose from.
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(items.length <= 3 ? items.map((p) => p.page) : []),
  )
  const [current, setCurrent] = useState(-1)
  const move = (by: number) => {
    const next = Math.max(0, Math.min(items.length - 1, current + by))
    setCurrent(next)
    const row = document.getElementById(`page-${next}`)
    row?.scrollIntoView({ block: 'nearest' })
    row?.querySelector('button')?.focus()
  }
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
  ])
  const toggle = (page: string) => {
    const next = new Set(open)
    if (!next.delete(page)) next.add(page)
    setOpen(next)
  }
  return (
    <ol className="gh-step">
      {items.map((item, i) => (
        <li key={item.page} id={`page-${i}`}>
          <div className="gh-step-head">
            <UnstyledButton
              aria-expanded={open.has(item.page)}
              aria-controls={`diff-${i}`}
              onClick={() => toggle(item.page)}
            >
              <IconChevronRight size={15} aria-hidden className="gh-step-sign" />
              <span className="gh-step-name">{item.page}</span>
              {item.kind !== 'changed' && (
                <Status meaning={stepWords[item.kind].meaning}>{stepWords[item.kind].word}</Status>
              )}
              {item.movedFrom !== null && (
                <Text span size="xs" c="dimmed">
                  from {item.movedFrom}
                </Text>
              )}
              <Sums added={item.added} removed={item.removed} />
            </UnstyledButton>
            <Link to={at.diff(item.page, a, b)} size="sm">
              Open
            </Link>
          </div>
          {open.has(item.page) && (
            <div id={`diff-${i}`}>
              <PageDiffBody at={at} page={item.page} a={a} b={b} keys={false} />
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}
