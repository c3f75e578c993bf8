import type { ReactNode } from 'react'
import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconQuestionMark, type Icon } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { ApiError } from '../api.ts'
import { Id } from './id.tsx'

interface StateProps {
  readonly icon?: Icon
  readonly title: string
  /** 1 where the state is the whole page. */
  readonly heading?: 1 | 2
  readonly children?: ReactNode
  readonly action?: ReactNode
}

function State({ icon: Sign, title, heading = 2, children, action }: StateProps) {
  return (
    <Stack className="gh-state" align="center" gap="xs">
      {Sign && <Sign size={28} stroke={1.5} aria-hidden className="gh-state-icon" />}
      <Title order={heading} size="h2">
        {title}
      </Title>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" maw={480} ta="center">
          {children}
        </Text>
      )}
      {action !== undefined && <Group mt="xs">{action}</Group>}
    </Stack>
  )
}

/** Nothing here yet: says what this is for, and the one next step. */
export function Empty(props: StateProps) {
  return <State {...props} />
}

/** The member may not see this; nothing of it was loaded. */
export function Forbidden({ permission }: { readonly permission?: string }) {
  return (
    <State icon={IconLock} title="You may not see this">
      Your role does not include {permission === undefined ? 'it' : <code>{permission}</code>}. An
      owner of this workspace can change that.
    </State>
  )
}

export function NotFound({ what = 'page' }: { readonly what?: string }) {
  return (
    <State heading={1} icon={IconQuestionMark} title={`There is no such ${what}`}>
      The address may be mistyped, or the {what} was deleted.
    </State>
  )
}

interface ErrorStateProps {
  readonly error: unknown
  readonly onRetry?: () => unknown
}

/** What went wrong, what to do, and the request's id for whoever looks at the log. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  if (error instanceof ApiError && error.status === 403) return <Forbidden />
  if (error instanceof ApiError && error.status === 404)
    return (
      <State icon={IconQuestionMark} title="It is not here">
        {error.message} {error.remedy}
      </State>
    )
  const known = error instanceof ApiError
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div role="alert">
      <State
        icon={IconAlertTriangle}
        title={known ? error.title : 'Something went wrong in this screen'}
        action={
          onRetry && (
            <Button variant="default" onClick={() => void onRetry()}>
              Try again
            </Button>
          )
        }
      >
        {message !== (known ? error.title : '') && <div>{message}</div>}
        {known && error.remedy !== undefined && <div>{error.remedy}</div>}
        {known && error.requestId !== undefined && (
          <div>
            Request <Id value={error.requestId} />
          </div>
        )}
      </State>
    </div>
  )
}

/** Grey bars in the shape of what is coming. Announced once, politely. */
export function Loading({ lines = 5 }: { readonly lines?: number }) {
  return (
    <Stack gap="sm" aria-busy role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={14} width={`${90 - ((i * 23) % 45)}%`} radius="sm" />
      ))}
    </Stack>
  )
}

interface LoadedProps<T> {
  readonly of: UseQueryResult<T>
  readonly children: (data: T) => ReactNode
  readonly loading?: ReactNode
}

/** The states around one answer: `<Loaded of={useApi(...)}>{(group) => …}</Loaded>`. */
export function Loaded<T>({ of, children, loading = <Loading /> }: LoadedProps<T>) {
  if (of.data !== undefined) return children(of.data)
  if (of.isError) return <ErrorState error={of.error} onRetry={() => of.refetch()} />
  return loading
}
