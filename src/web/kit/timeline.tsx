import './timeline.css'
import { useId, useState, type ReactNode } from 'react'
import { Button, Radio } from '@mantine/core'
import { Link } from './link.tsx'
import { Time } from './time.tsx'

export interface TimelineVersion {
  /** Grows by one with every version. */
  readonly number: number
  readonly author: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly message: string
  /** States of this version: published, being served. */
  readonly mark?: ReactNode
}

export interface TimelineProps<V extends TimelineVersion> {
  readonly versions: readonly V[]
  /** The pair being compared, as it stands in the address (`?from=3&to=5`). */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Makes two versions selectable. Always called with `from` below `to`. */
  readonly onPair?: (from: number, to: number) => void
  /** Where a version's own page is. */
  readonly link?: (version: V) => string
  /** What can be done with a version: put it back. */
  readonly action?: (version: V) => ReactNode
}

/** The pair after choosing `number` for one end: the other end moves along when it would no longer lie beyond. */
export function choosePair(
  numbers: readonly number[],
  pair: { readonly from: number | undefined; readonly to: number | undefined },
  end: 'from' | 'to',
  number: number,
): readonly [from: number, to: number] | undefined {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = sorted.indexOf(number)
  if (end === 'from') {
    if (pair.to !== undefined && pair.to > number) return [number, pair.to]
    const above = sorted[at + 1]
    return above === undefined ? undefined : [number, above]
  }
  if (pair.from !== undefined && pair.from < number) return [pair.from, number]
  const below = sorted[at - 1]
  return below === undefined ? undefined : [below, number]
}

const atOnce = 50

/** The versions of a document, newest first: who, when, why; and two of them to compare. */
export function Timeline<V extends TimelineVersion>(props: TimelineProps<V>) {
  const { from, to, onPair, link, action } = props
  const [limit, setLimit] = useState(atOnce)
  const group = useId()
  const versions = props.versions.toSorted((a, b) => b.number - a.number)
  const numbers = versions.map(({ number }) => number)
  const last = numbers.at(-1)
  const radio = (end: 'from' | 'to', number: number) => {
    const pair = choosePair(numbers, { from, to }, end, number)
    return (
      <Radio
        size="xs"
        name={`${group} ${end}`}
        aria-label={`Compare ${end} version ${number}`}
        checked={(end === 'from' ? from : to) === number}
        disabled={pair === undefined}
        onChange={() => {
          if (pair) onPair?.(...pair)
        }}
      />
    )
  }
  const pairable = onPair !== undefined && versions.length > 1
  return (
    <div className="gh-timeline" data-pairable={pairable || undefined}>
      {pairable && (
        <div className="gh-timeline-head" aria-hidden>
          <span>From</span>
          <span>To</span>
        </div>
      )}
      <ol reversed start={numbers[0]}>
        {versions.slice(0, limit).map((version) => {
          const { number, author, at, message, mark } = version
          const inside = from !== undefined && to !== undefined && number > from && number <= to
          return (
            <li
              key={number}
              data-inside={inside || undefined}
              data-base={number === from || undefined}
            >
              {pairable && (
                <div className="gh-timeline-pair">
                  {radio('from', number)}
                  {radio('to', number)}
                </div>
              )}
              <span
                className="gh-timeline-dot"
                data-last={number === last || undefined}
                aria-hidden
              />
              <div className="gh-timeline-body">
                <div className="gh-timeline-line">
                  <span className="gh-timeline-number">
                    {link ? <Link to={link(version)}>Version {number}</Link> : `Version ${number}`}
                  </span>
                  {mark}
                  <span className="gh-timeline-who">
                    {author}, <Time at={at} />
                  </span>
                </div>
                {message !== '' && <div className="gh-timeline-message">{message}</div>}
              </div>
              {action && <div className="gh-timeline-act">{action(version)}</div>}
            </li>
          )
        })}
      </ol>
      {versions.length > limit && (
        <Button variant="subtle" size="compact-sm" onClick={() => setLimit(limit + atOnce)}>
          Show {Math.min(atOnce, versions.length - limit)} older versions
        </Button>
      )}
    </div>
  )
}
