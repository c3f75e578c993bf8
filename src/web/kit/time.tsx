import { useEffect, useState } from 'react'
import { Text } from '@mantine/core'
import { exactTime, relativeTime } from './clock-text.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One timer for every time on the screen, however many rows there are. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const tick = () => setNow(Date.now())
    listeners.add(tick)
    timer ??= setInterval(() => {
      for (const listener of listeners) listener()
    }, 30_000)
    return () => {
      listeners.delete(tick)
      if (listeners.size === 0) {
        clearInterval(timer)
        timer = undefined
      }
    }
  }, [])
  return now
}

interface TimeProps {
  /** Milliseconds since 1970, or nothing. */
  readonly at: number | null | undefined
  /** Shown when there is no time. */
  readonly none?: string
}

/** A time: relative to read, exact in UTC on hover and for machines. */
export function Time({ at, none = 'never' }: TimeProps) {
  const now = useNow()
  if (at === null || at === undefined)
    return (
      <Text span inherit c="dimmed">
        {none}
      </Text>
    )
  const exact = exactTime(at)
  return (
    <time
      className="gh-time"
      dateTime={Number.isFinite(at) ? new Date(at).toISOString() : undefined}
      title={exact}
    >
      {relativeTime(at, now)}
    </time>
  )
}
