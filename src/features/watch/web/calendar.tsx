import { useEffect, useRef } from 'react'
import { plural } from '#web/kit/plural.ts'
import { degreeOf, type Day } from './timeline-days.ts'
import { months } from './words.ts'

const dayMs = 86_400_000

/** A year as weeks, each day shaded by how much changed; a day leads to its place in the list below. */
export function YearGrid({ year, days }: { readonly year: number; readonly days: readonly Day[] }) {
  const known = new Map(days.map((day) => [day.date, day]))
  const start = Date.UTC(year, 0, 1)
  const length = (Date.UTC(year + 1, 0, 1) - start) / dayMs
  // Weeks begin on Monday.
  const offset = (new Date(start).getUTCDay() + 6) % 7
  const frame = useRef<HTMLDivElement>(null)
  // Where the year is wider than the screen, its newest day is in sight.
  useEffect(() => {
    const newest = frame.current?.querySelector<HTMLElement>('a:last-of-type')
    if (newest) frame.current?.scrollTo({ left: newest.offsetLeft - 200 })
  }, [year])
  return (
    <div
      ref={frame}
      className="gh-year"
      role="group"
      aria-label={`Days with changes in ${year}`}
      tabIndex={0}
    >
      <div className="gh-year-months" aria-hidden>
        {months.map((name, month) => {
          const first = (Date.UTC(year, month, 1) - start) / dayMs
          return (
            <span key={name} style={{ gridColumnStart: Math.floor((first + offset) / 7) + 1 }}>
              {name}
            </span>
          )
        })}
      </div>
      <div className="gh-year-days">
        {Array.from({ length: offset }, (_, i) => (
          <span key={`before ${i}`} />
        ))}
        {Array.from({ length }, (_, i) => {
          const date = new Date(start + i * dayMs).toISOString().slice(0, 10)
          const day = known.get(date)
          if (!day) return <span key={date} className="gh-year-day" data-degree={0} />
          const words = `${date}: ${plural(day.snapshots.length, 'snapshot')}, ${plural(day.lines, 'line')}`
          return (
            <a
              key={date}
              href={`#day-${date}`}
              // The list below holds the same days, with targets that a finger meets.
              tabIndex={-1}
              className="gh-year-day"
              data-degree={Math.max(1, degreeOf(day.lines))}
              title={words}
              aria-label={words}
            />
          )
        })}
      </div>
    </div>
  )
}
