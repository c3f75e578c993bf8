import './watch.css'
import { useMemo } from 'react'
import { Group, SegmentedControl, Switch, Text } from '@mantine/core'
import { z } from 'zod'
import { Empty, Link, Loaded, Status, useAddress, plural } from '#web/kit/index.ts'
import type { Collection, Snapshot } from '../schema.ts'
import type { Addresses } from './address.ts'
import { YearGrid } from './calendar.tsx'
import { Compare } from './compare.tsx'
import { useSnapshots } from './use-collection.ts'
import { Sums } from './sums.tsx'
import { byDay, isQuiet, yearsOf, type Day } from './timeline-days.ts'
import { months } from './words.ts'

/** Every snapshot by year, month and day, with its time and the size of its step. */
export function CollectionTimeline({
  at,
  of: c,
}: {
  readonly at: Addresses
  readonly of: Collection
}) {
  const answer = useSnapshots(at)
  return (
    <Loaded of={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nothing has been seen yet">
            {c.running
              ? 'The first check is running; its pages will be the first snapshot.'
              : 'The first check takes in every page. “Check now” starts it.'}
          </Empty>
        ) : (
          <Years at={at} items={items} />
        )
      }
    </Loaded>
  )
}

interface YearsProps {
  readonly at: Addresses
  readonly items: readonly Snapshot[]
}

function Years({ at, items }: YearsProps) {
  const years = useMemo(() => yearsOf(items), [items])
  const [view, setView] = useAddress(
    z.object({
      year: z.coerce.number().int().optional().catch(undefined),
      quiet: z.enum(['shown', 'hidden']).catch('hidden'),
    }),
  )
  const year = view.year !== undefined && years.includes(view.year) ? view.year : (years[0] ?? 0)
  const quiet = items.filter(isQuiet).length
  const shown = useMemo(
    () => (view.quiet === 'shown' ? items : items.filter((s) => !isQuiet(s))),
    [items, view.quiet],
  )
  const days = useMemo(() => byDay(shown, year), [shown, year])
  return (
    <div>
      <Compare at={at} items={items} />
      <Group justify="space-between" mt="lg" mb="xs">
        <SegmentedControl
          size="xs"
          aria-label="Year"
          value={String(year)}
          onChange={(value) => setView({ year: Number(value) })}
          data={years.map(String)}
        />
        {quiet > 0 && (
          <Switch
            size="xs"
            label={`Show ${plural(quiet, 'quiet step')}: formatting, pages that flip`}
            checked={view.quiet === 'shown'}
            onChange={(event) =>
              setView({ quiet: event.currentTarget.checked ? 'shown' : undefined })
            }
          />
        )}
      </Group>
      <YearGrid year={year} days={days} />
      {days.length === 0 ? (
        <Text size="sm" c="dimmed" mt="md">
          Nothing but quiet steps in {year}.
        </Text>
      ) : (
        <Days at={at} days={days} all={items} />
      )}
    </div>
  )
}

function Days({
  at,
  days,
  all,
}: {
  readonly at: Addresses
  readonly days: readonly Day[]
  readonly all: readonly Snapshot[]
}) {
  // The step of a snapshot begins at the one before it, quiet ones included.
  const before = useMemo(
    () => new Map(all.map((s, i) => [s.stamp, all[i + 1]?.stamp] as const)),
    [all],
  )
  return (
    <ol className="gh-days">
      {days.map((day, i) => {
        const first = i === 0 || days[i - 1]?.month !== day.month
        return (
          <li key={day.date} id={`day-${day.date}`}>
            {first && <h2 className="gh-days-month">{months[day.month]}</h2>}
            <div className="gh-day">
              <time dateTime={day.date} className="gh-day-name">
                <span>{day.weekday}</span> {day.day}
              </time>
              <ul>
                {day.snapshots.map((s) => (
                  <SnapshotLine key={s.stamp} at={at} of={s} before={before.get(s.stamp)} />
                ))}
              </ul>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

interface LineProps {
  readonly at: Addresses
  readonly of: Snapshot
  readonly before: string | undefined
}

function SnapshotLine({ at, of: s, before }: LineProps) {
  const time = `${s.stamp.slice(11, 13)}:${s.stamp.slice(13, 15)}`
  return (
    <li className="gh-snapshot">
      <Link to={before === undefined ? `${at.root}?tab=pages` : at.step(before, s.stamp)}>
        {time}
        {s.stamp.length > 15 && ` (${s.stamp.slice(16)})`}
      </Link>
      {s.kind === 'first' ? <span>{plural(s.pages, 'page')} taken in</span> : <What of={s} />}
      {s.kind !== 'boundary' && s.kind !== 'first' && <Sums added={s.added} removed={s.removed} />}
    </li>
  )
}

function What({ of: s }: { readonly of: Snapshot }) {
  if (s.kind === 'boundary')
    return (
      <span>
        <Status meaning="neutral">extracted anew</Status> {s.note}
      </span>
    )
  const changed = s.pages - s.newPages - s.gonePages
  // A page that only changed its place has no line to count.
  const verb = s.added + s.removed === 0 ? 'moved' : 'changed'
  const parts = [
    changed > 0 && `${plural(changed, 'page')} ${verb}`,
    s.newPages > 0 && `${s.newPages} new`,
    s.gonePages > 0 && `${s.gonePages} gone`,
    s.quietPages > 0 && `${s.quietPages} in formatting only`,
    s.flippedPages > 0 && `${s.flippedPages} flipped back`,
  ].filter((part) => part !== false)
  return <span data-quiet={isQuiet(s) || undefined}>{parts.join(', ')}</span>
}
