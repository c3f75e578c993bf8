import './change-set.css'
import { useState, type ReactNode } from 'react'
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { changeSet, type Act, type ChangeSet } from '#features/policies/schema.ts'
import { api, ApiError } from '../api.ts'
import { Effect } from './confirm.tsx'
import { Loaded } from './states.tsx'
import { Status } from './status.tsx'

/** What an act would do to whom, asked of the server while nothing has happened yet. */
export function useChangeSet(act: Act | undefined): UseQueryResult<ChangeSet> {
  return useQuery({
    queryKey: ['change-set', act],
    queryFn: () => api.post('/api/v1/change-sets/preview', { body: { act }, schema: changeSet }),
    enabled: act !== undefined,
    staleTime: 0,
    gcTime: 0,
  })
}

const people = (set: { readonly members: number; readonly enrolments: number }): string => {
  const parts = [count(set.members, 'member'), count(set.enrolments, 'enrolment')]
  return parts.filter((part) => part !== '').join(' and ')
}
const count = (n: number, word: string): string =>
  n === 0 ? '' : `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`

/** Who gets another policy, which keys change for them, when their clients know and how to take it back. */
export function ChangeSetView({ set }: { readonly set: ChangeSet }) {
  return (
    <Stack gap="md">
      <Effect
        touches={
          set.touches === 0 ? (
            'Nobody gets another policy by this.'
          ) : (
            <>
              <strong>{people(set)}</strong> {set.touches === 1 ? 'gets' : 'get'} another policy.
            </>
          )
        }
        {...(set.touches === 0 ? {} : { when: set.clients })}
        undo={set.undo}
      />
      {set.changes.length > 0 && (
        <ul className="gh-changes" aria-label="Changes">
          {set.changes.map((change, i) => (
            <OneChange key={i} change={change} />
          ))}
        </ul>
      )}
      {set.moreChanges > 0 && (
        <p className="gh-quiet">And {set.moreChanges} more kinds of change.</p>
      )}
      <Complaints of={set.complaints} severity="error" />
      <Complaints of={set.complaints} severity="warning" />
    </Stack>
  )
}

function Complaints(props: {
  readonly of: ChangeSet['complaints']
  readonly severity: 'error' | 'warning'
}) {
  const found = props.of.filter(({ severity }) => severity === props.severity)
  if (found.length === 0) return null
  return (
    <Alert
      color={props.severity === 'error' ? 'red' : 'yellow'}
      title={`${count(found.length, props.severity)} of the check`}
    >
      {found.slice(0, complaintsAtOnce).map((one, i) => (
        <div key={i}>
          Line {one.line}: {one.message} {props.severity === 'error' ? one.effect : ''}
        </div>
      ))}
      {found.length > complaintsAtOnce && <div>And {found.length - complaintsAtOnce} more.</div>}
    </Alert>
  )
}
const complaintsAtOnce = 5

type Change = ChangeSet['changes'][number]

function OneChange({ change }: { readonly change: Change }) {
  const shown = change.sample.slice(0, 4)
  const rest = change.sample.slice(4)
  const unnamed = change.count - change.sample.length
  return (
    <li>
      <div className="gh-change-head">
        <span className="gh-change-count">{change.count.toLocaleString('en')} ×</span>
        <Side side={change.before} is={change.beforeIs} />
        <span aria-label="becomes">→</span>
        <Side side={change.after} is={change.afterIs} />
      </div>
      <div className="gh-quiet">
        {shown.map(({ label }) => label).join(', ')}
        {rest.length > 0 && (
          <details>
            <summary>and {(rest.length + unnamed).toLocaleString('en')} more</summary>
            {rest.map(({ label }) => label).join(', ')}
            {unnamed > 0 && ` … and ${unnamed.toLocaleString('en')} others`}
          </details>
        )}
      </div>
      {change.keys.length > 0 && <Keys keys={change.keys} />}
      {change.beforeIs === 'policy' && change.afterIs === 'policy' && change.keys.length === 0 && (
        <div className="gh-quiet">No key has another value: only comments or layout differ.</div>
      )}
    </li>
  )
}

function Side({ side, is }: { readonly side: Change['before']; readonly is: Change['beforeIs'] }) {
  if (side)
    return (
      <span>
        <strong>{side.name}</strong> version {side.version}
      </span>
    )
  if (is === 'refused') return <Status meaning="forbidden">refuses to start</Status>
  if (is === 'gone') return <Status meaning="removed">gone</Status>
  return <Status meaning="prompt">no policy: unconstrained</Status>
}

const keysAtOnce = 12

function Keys({ keys }: { readonly keys: Change['keys'] }) {
  const [all, setAll] = useState(false)
  const shown = all ? keys : keys.slice(0, keysAtOnce)
  return (
    <div className="gh-keys" role="region" aria-label="Keys that change" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, before, after }) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code>
              </th>
              <td data-label="Before">
                {before === undefined ? <em>not set</em> : <code data-side="before">{before}</code>}
              </td>
              <td data-label="After">
                {after === undefined ? <em>not set</em> : <code data-side="after">{after}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {keys.length > shown.length && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          Show {keys.length - shown.length} more keys
        </Button>
      )}
    </div>
  )
}

export interface ChangeSetConfirmProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** The verb on the button: "Publish". */
  readonly action: string
  /** The act whose effect is shown. Undefined: not chosen yet, and nothing can be confirmed. */
  readonly act: Act | undefined
  /**
   * Does it, bound to the effect that was looked at (undefined for somebody who may act but not see policies). Closes when
   * it resolves; a refusal is shown here.
   */
  readonly onConfirm: (hash: string | undefined) => Promise<unknown>
  /** What must be typed first. */
  readonly typed?: string
  readonly danger?: boolean
  /** Not ready yet: a message is missing, the text has errors. */
  readonly disabled?: boolean
  /** Fields above the effect. */
  readonly children?: ReactNode
}

/**
 * The question before an act that changes somebody's policy. When the effect has become another one meanwhile, the server
 * refuses and the dialog shows the new one: nothing happens that nobody has looked at.
 */
export function ChangeSetConfirm(props: ChangeSetConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="lg">
      {props.opened && <Question {...props} />}
    </Modal>
  )
}

function Question(props: ChangeSetConfirmProps) {
  const {
    act,
    action,
    children,
    danger = false,
    disabled = false,
    typed,
    onClose,
    onConfirm,
  } = props
  const client = useQueryClient()
  const answer = useChangeSet(act)
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  // Somebody who may do the act but may not read policies cannot see its effect; the server counts it all the same.
  const unseen = answer.error instanceof ApiError && answer.error.status === 403
  const ready = act !== undefined && (answer.data !== undefined || unseen)
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm(answer.data?.hash)
      onClose()
    } catch (thrown) {
      setError(thrown)
      const now = outdated(thrown)
      if (now) client.setQueryData(['change-set', act], now)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void confirm()
      }}
    >
      <Stack gap="md">
        {children}
        {error !== undefined && (
          <Alert color={outdated(error) ? 'yellow' : 'red'} role="alert">
            {error instanceof Error ? error.message : 'It did not work.'}{' '}
            {error instanceof ApiError ? error.remedy : ''}
          </Alert>
        )}
        {act !== undefined && (
          <section aria-label="Effect" aria-live="polite">
            {unseen ? (
              <Text size="sm" c="dimmed">
                Your role does not let you see policies, so the effect cannot be shown.
              </Text>
            ) : (
              <Loaded of={answer}>{(now) => <ChangeSetView set={now} />}</Loaded>
            )}
          </section>
        )}
        {typed !== undefined && (
          <TextInput
            label={
              <>
                Type <code>{typed}</code> to go on
              </>
            }
            value={text}
            autoComplete="off"
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={disabled || !ready || (typed !== undefined && text !== typed)}
            {...(danger ? { color: 'red' } : {})}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The present change set, out of the refusal of an outdated one. */
function outdated(error: unknown): ChangeSet | undefined {
  if (!(error instanceof ApiError) || error.code !== 'preview_outdated') return undefined
  return changeSet.safeParse(error.document['changeSet']).data
}
