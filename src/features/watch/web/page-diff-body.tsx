import { useMemo, useRef, useState } from 'react'
import { Group, Text } from '@mantine/core'
import { Loaded, useAddress, useApi } from '#web/kit/index.ts'
import { changesIn } from '#web/kit/diff-changes.ts'
import { DiffTable, JumpButtons, type DiffJumps } from '#web/kit/diff-table.tsx'
import { pageDiff, type PageDiff } from '../schema.ts'
import type { Addresses } from './address.ts'
import { diffAddress, DiffOptionsBar, useUnified, type DiffView } from './diff-options.tsx'
import { layoutOf } from './layout.ts'
import { Boundary } from './boundary.tsx'
import { Sums } from './sums.tsx'
import { stampText } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly page: string
  readonly a: string
  readonly b: string
  /** Only one diff of a screen owns the keys `n` and `p`, and the plain ids `L12` and `R15`. */
  readonly keys: boolean
  /** With the switches for how it is shown; a step has them once for all its pages. */
  readonly options?: boolean
}

/** One page's diff, as the API answers it. */
export function PageDiffBody({ at, page, a, b, keys, options = false }: Props) {
  const [view, setView] = useAddress(diffAddress)
  const query = {
    page,
    formatting: view.formatting,
    ignored: view.ignored,
    paragraphs: view.paragraphs,
  }
  const path = `${at.api}/diff/${a}/${b}`
  const answer = useApi(['watch-diff', at.path], path, pageDiff, {
    query: { ...query, context: view.context },
    keep: true,
  })
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const whole = useApi(['watch-diff', at.path], path, pageDiff, {
    query: { ...query, context: 'all' },
    enabled: opened.size > 0,
  })
  return (
    <>
      {options && <DiffOptionsBar view={view} onChange={setView} />}
      <Loaded of={answer}>
        {(diff) => (
          <Shown
            // Another way of looking has other gaps.
            key={`${a} ${b} ${view.context} ${view.formatting} ${view.paragraphs}`}
            at={at}
            ends={[a, b]}
            diff={diff}
            whole={whole.data}
            view={view}
            keys={keys}
            opened={opened}
            onOpen={(gap) => setOpened(new Set(opened).add(gap))}
          />
        )}
      </Loaded>
    </>
  )
}

interface ShownProps {
  readonly at: Addresses
  readonly ends: readonly [string, string]
  readonly diff: PageDiff
  readonly whole: PageDiff | undefined
  readonly view: DiffView
  readonly keys: boolean
  readonly opened: ReadonlySet<number>
  readonly onOpen: (gap: number) => void
}

function Shown({ at, ends: [a, b], diff, whole, view, keys, opened, onOpen }: ShownProps) {
  const one = useUnified(view)
  const jumps = useRef<DiffJumps>(null)
  const { shown, gaps } = useMemo(
    () => layoutOf(diff, one ? 'unified' : 'split', opened, whole),
    [diff, one, opened, whole],
  )
  const changes = useMemo(() => changesIn(shown.layout), [shown])
  const label = (side: PageDiff['from'], stamp: string) =>
    side === null ? `${stampText(stamp)}: not there` : stampText(stamp)
  return (
    <>
      {diff.boundary !== null && <Boundary text={diff.boundary} />}
      <section
        className="gh-diff"
        aria-label={`${diff.page}, ${stampText(a)} against ${stampText(b)}`}
      >
        {/* In a step the page's own line says its size. */}
        <div className="gh-diff-head" hidden={!keys}>
          <Sums added={diff.added} removed={diff.removed} />
          <Group gap={4} ml="auto" wrap="nowrap" className="gh-noprint">
            <JumpButtons changes={changes} jumps={jumps} keys={keys} />
          </Group>
        </div>
        {diff.hunks.length === 0 ? (
          <p className="gh-diff-none">{sameWords(diff)}</p>
        ) : (
          <DiffTable
            shown={shown}
            wrap={view.wrap === 'on'}
            jumps={jumps}
            options={{
              caption: `${diff.page}, ${stampText(a)} to ${stampText(b)}`,
              leftLabel: label(diff.from, a),
              rightLabel: label(diff.to, b),
              idPrefix: keys ? '' : `${diff.page} `,
              placeHref: (place) => at.diff(place.page ?? diff.page, a, b),
            }}
            onGap={(gap) => {
              const number = gaps[gap]
              if (number !== undefined) onOpen(number)
            }}
          />
        )}
        {diff.cut === true && (
          <Text size="sm" c="dimmed" p="md">
            There is more than one screen holds. Export the patch for all of it.
          </Text>
        )}
      </section>
    </>
  )
}

function sameWords(diff: PageDiff): string {
  if (diff.formattingOnly)
    return 'Only formatting or ignored lines differ. “Show formatting” shows them.'
  return 'The page reads the same at both moments, to the byte.'
}
