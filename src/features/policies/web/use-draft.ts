import { useCallback, useEffect, useRef, useState } from 'react'
import { api, ApiError, notifyError } from '#web/kit/index.ts'
import { draft as draftSchema, type Draft } from '../schema.ts'

/** Idle time after the last key before the draft is saved (ms). */
const savedAfter = 1000

export interface DraftState {
  readonly text: string
  readonly setText: (text: string) => void
  /** The config.toml beside it. */
  readonly defaults: string
  readonly setDefaults: (defaults: string) => void
  /** The revision on the server that the present text was saved as or started from. */
  readonly revision: number
  readonly state: 'saved' | 'unsaved' | 'saving' | 'failed'
  /** What somebody else saved meanwhile; nothing is saved until this is decided. */
  readonly conflict: Draft | undefined
  /** Goes on with theirs, or with ours on top of theirs. */
  readonly settle: (keep: 'theirs' | 'ours') => void
  /** Saves now. The revision that now holds the text, or undefined when it could not be saved. */
  readonly save: () => Promise<number | undefined>
  /** Takes over what the server has, after a publish. */
  readonly take: (draft: Draft) => void
}

type Saved = Pick<Draft, 'text' | 'defaults' | 'revision'>

/**
 * A draft that saves itself. Two people in one draft: the second to save is told, sees both texts and decides; nothing is
 * overwritten without her knowing.
 */
export function useDraft(policyId: string, initial: Draft): DraftState {
  const [text, setText] = useState(initial.text)
  const [defaults, setDefaults] = useState(initial.defaults)
  const [saved, setSaved] = useState<Saved>(initial)
  const [saving, setSaving] = useState(false)
  const [failed, setFailed] = useState<string>()
  const [conflict, setConflict] = useState<Draft>()
  const path = `/api/v1/policies/${policyId}/draft`
  const dirty = text !== saved.text || defaults !== saved.defaults
  // U+0000 occurs in neither.
  const both = `${text}\0${defaults}`

  const save = useCallback(async (): Promise<number | undefined> => {
    if (text === saved.text && defaults === saved.defaults) return saved.revision
    setSaving(true)
    try {
      const body = { text, defaults, revision: saved.revision }
      const now = await api.put(path, { body, schema: draftSchema })
      setSaved({ text, defaults, revision: now.revision })
      setFailed(undefined)
      return now.revision
    } catch (error) {
      const theirs =
        error instanceof ApiError && error.code === 'edited_meanwhile'
          ? draftSchema.safeParse(error.document['current']).data
          : undefined
      if (theirs) setConflict(theirs)
      else {
        setFailed(both)
        notifyError(error)
      }
      return undefined
    } finally {
      setSaving(false)
    }
  }, [path, saved, text, defaults, both])

  const waits = dirty && !saving && !conflict && failed !== both
  useEffect(() => {
    if (!waits) return
    const timer = setTimeout(() => void save(), savedAfter)
    return () => clearTimeout(timer)
  }, [waits, save])

  // Leaving the screen within that second must not lose it.
  const last = useRef({ dirty, save })
  useEffect(() => {
    last.current = { dirty: dirty && !conflict, save }
  })
  useEffect(
    () => () => {
      if (last.current.dirty) void last.current.save()
    },
    [],
  )
  useEffect(() => {
    if (!dirty) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [dirty])

  const take = useCallback((now: Draft) => {
    setText(now.text)
    setDefaults(now.defaults)
    setSaved(now)
    setConflict(undefined)
  }, [])
  return {
    text,
    setText,
    defaults,
    setDefaults,
    revision: saved.revision,
    state: saving ? 'saving' : !dirty ? 'saved' : failed === both ? 'failed' : 'unsaved',
    conflict,
    settle(keep) {
      if (!conflict) return
      if (keep === 'theirs') take(conflict)
      else {
        setSaved(conflict)
        setConflict(undefined)
      }
    },
    save,
    take,
  }
}
