import './clients.css'
import { useEffect, type ReactNode } from 'react'
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useRouterState } from '@tanstack/react-router'
import { api, ApiError, ErrorState, useAct } from '#web/kit/index.ts'
import type { Decision } from './calls.ts'

interface Who {
  readonly name: string
  readonly email: string
}

/** As whom she is about to answer, and the way out for somebody else. */
export function You({ who: { name, email } }: { readonly who: Who }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const leave = useAct(() => api.delete('/api/v1/session'), {
    // A new document: nothing that was loaded for the one stays for the other.
    onDone: () => window.location.assign(`/sign-in?next=${encodeURIComponent(path)}`),
  })
  return (
    <div className="gh-you">
      <span className="gh-avatar" aria-hidden>
        {(name || email).slice(0, 1).toUpperCase()}
      </span>
      <span>
        {name === '' ? email : name}
        {name !== '' && <small>{email}</small>}
      </span>
      <Anchor
        component="button"
        type="button"
        size="sm"
        disabled={leave.isPending}
        onClick={() => leave.mutate(undefined)}
      >
        Not you? Sign out
      </Anchor>
    </div>
  )
}

/** What follows from allowing it, before she does. */
export function Follows({
  policy,
  workspace,
}: {
  readonly policy: { readonly name: string; readonly version: number } | null
  readonly workspace: string
}) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        What follows
      </Text>
      <ul className="gh-follows">
        <li>
          {policy === null ? (
            <>The client obeys the policy of your groups. At present none applies to you.</>
          ) : (
            <>
              The client obeys the policy of your groups: at present{' '}
              <strong>
                {policy.name}, version {policy.version}
              </strong>
              .
            </>
          )}
        </li>
        <li>
          The administrators of {workspace} see this client: its program, its network address, and
          when it fetches its policy.
        </li>
        <li>You and they can end the sign-in at any time, you under My devices.</li>
      </ul>
    </div>
  )
}

/** The two answers. The one that changes nothing stands first. */
export function Answers({
  busy,
  onAnswer,
}: {
  readonly busy: Decision | undefined
  readonly onAnswer: (decision: Decision) => void
}) {
  return (
    <Group grow gap="sm">
      <Button
        variant="default"
        loading={busy === 'deny'}
        disabled={busy === 'approve'}
        onClick={() => onAnswer('deny')}
      >
        Deny
      </Button>
      <Button
        loading={busy === 'approve'}
        disabled={busy === 'deny'}
        onClick={() => onAnswer('approve')}
      >
        Allow
      </Button>
    </Group>
  )
}

/** The end of the way: what has happened, and where to go on. Takes the keyboard, so that it is read out. */
export function Answered({
  allowed,
  children,
}: {
  readonly allowed: boolean
  readonly children: ReactNode
}) {
  const Sign = allowed ? IconCircleCheck : IconCircleX
  useTakeKeyboard()
  return (
    <Group gap="sm" role="status" wrap="nowrap" align="flex-start">
      <Sign
        size={24}
        className="gh-sign"
        stroke={1.5}
        aria-hidden
        color={`var(${allowed ? '--gh-allowed' : '--mantine-color-dimmed'})`}
      />
      <Text component="div" size="sm">
        {children}
      </Text>
    </Group>
  )
}

/** When one page gives way to the next under the same address, the keyboard starts at its beginning. */
export function useTakeKeyboard(): void {
  useEffect(() => document.getElementById('main')?.focus({ preventScroll: true }), [])
}

/** Why this cannot be answered any more, and what to do instead. */
export function CannotAnswer({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry: () => unknown
}) {
  if (error instanceof ApiError && error.code === 'edited_meanwhile') return <SomebodyElse />
  const said = error instanceof ApiError ? overFor(error) : undefined
  if (said === undefined) return <ErrorState error={error} onRetry={onRetry} />
  return (
    <Stack gap="xs" role="alert">
      <Text size="sm">{said}</Text>
      <Text size="sm" c="dimmed">
        Nothing was allowed by opening this page. To sign in, start again in your terminal or
        editor.
      </Text>
    </Stack>
  )
}

/** Signed in in another tab, or another person at the same machine: she sees the page as herself before she answers. */
function SomebodyElse() {
  return (
    <Stack gap="sm" role="alert">
      <Text size="sm">
        Somebody else is signed in here by now than this page showed. Nothing was allowed or denied.
      </Text>
      {/* A new document: nothing that was loaded for the one stays for the other. */}
      <Button onClick={() => window.location.reload()}>Load the page again</Button>
    </Stack>
  )
}

const refusalCodes = ['surface_off', 'member_suspended', 'no_permission_for_codex']

function overFor({ code, message }: ApiError): string | undefined {
  if (code === 'not_found')
    return 'There is no such request: it is long over, or the address is incomplete.'
  if (code === 'link_expired') return 'This request has expired: it waits for ten minutes only.'
  if (code === 'link_used' || code === 'wrong_state')
    return 'This request was answered already. If that was you, go back to your terminal.'
  return refusalCodes.includes(code) ? message : undefined
}

/** Why she may not allow it, in the words that the program is told too. */
export function Refused({ children }: { readonly children: string }) {
  return (
    <Alert color="red" role="alert" title="You cannot sign this client in">
      {children}
    </Alert>
  )
}
