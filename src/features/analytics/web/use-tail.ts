import { useEffect, useRef, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { api, ApiError } from '#web/kit/index.ts'
import { tailAnswer, tailBegun, type TailEvent } from '../conversations/schema.ts'
import { path } from './conversation-words.tsx'

/** Between two questions (ms), and after one that was not answered. */
const every = 2000
const afterFailure = 5000
/** Older ones leave the page. */
const shown = 300
/** A beginning is used again in this time (ms): it lasts an hour, and the audit trail names each. */
const begunFor = 50 * 60_000

export interface Tailing {
  /** Newest first; undefined before the first answer. */
  readonly events: readonly TailEvent[] | undefined
  /** Events that came too fast to be looked at. */
  readonly passed: number
  readonly error: unknown
  readonly again: () => void
}

interface Seen {
  readonly of: string
  readonly events: readonly TailEvent[]
  readonly passed: number
}

/** Asks again and again what came, while the page can be seen and is not paused. */
export function useTail(query: Readonly<Record<string, string>>, paused: boolean): Tailing {
  const begun = useQuery({
    queryKey: ['conversations-live'],
    queryFn: () => api.post(`${path}/live`, { schema: tailBegun }),
    staleTime: begunFor,
    gcTime: begunFor,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const { refetch } = begun
  const start = begun.data?.cursor
  const asked = JSON.stringify(query)
  const of = `${start ?? ''} ${asked}`
  const place = useRef({ of: '', cursor: '' })
  const [seen, setSeen] = useState<Seen>()
  const [failure, setFailure] = useState<unknown>()

  useEffect(() => {
    if (start === undefined || paused) return undefined
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = (ms: number): void => {
      if (!ended.signal.aborted) timer = setTimeout(() => void look(), ms)
    }
    const look = async (): Promise<void> => {
      if (document.hidden) {
        later(every)
        return
      }
      // Another filter begins where the tail began.
      const first = place.current.of !== of
      const cursor = first ? start : place.current.cursor
      try {
        const answer = await api.get(`${path}/live`, {
          query: { ...(JSON.parse(asked) as Record<string, string>), cursor },
          schema: tailAnswer,
          signal: ended.signal,
        })
        place.current = { of, cursor: answer.cursor }
        setSeen((before) => ({
          of,
          events: [...answer.items, ...(first ? [] : (before?.events ?? []))].slice(0, shown),
          passed: first ? 0 : (before?.passed ?? 0) + answer.passed,
        }))
        setFailure(undefined)
        later(every)
      } catch (error) {
        if (ended.signal.aborted) return
        if (error instanceof ApiError && error.fields['query.cursor'] !== undefined) await refetch()
        else setFailure(error)
        later(afterFailure)
      }
    }
    void look()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [start, of, asked, paused, refetch])

  return {
    events: seen?.of === of ? seen.events : undefined,
    passed: seen?.passed ?? 0,
    error: begun.error ?? failure,
    again: () => void refetch(),
  }
}
