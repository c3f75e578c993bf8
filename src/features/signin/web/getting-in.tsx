import { useState, type ReactNode } from 'react'
import { Alert, Text } from '@mantine/core'
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { stringifySearch } from '#web/address.ts'
import { api, ApiError, LinkButton, Loading, useAct, useApi } from '#web/kit/index.ts'
import { linkFacts, session, start, type LinkFacts, type LinkKind, type Start } from '../schema.ts'

/** What is true before anybody has signed in. */
export function useStart(): UseQueryResult<Start> {
  return useApi(['start'], '/api/v1/setup', start)
}

/** The quiet line under the title of a card. */
export function Lead({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" mt={-10} mb="lg">
      {children}
    </Text>
  )
}

/** What went wrong, in the card itself, where the eyes are. */
export function Trouble({ of: error }: { readonly of: unknown }) {
  if (error === undefined || error === null) return null
  const known = error instanceof ApiError
  return (
    <Alert color="red" variant="light" role="alert" p="sm">
      <Text size="sm" fw={500}>
        {error instanceof Error ? error.message : 'It did not work.'}
      </Text>
      {known && error.remedy !== undefined && (
        <Text size="sm" mt={2}>
          {error.remedy}
        </Text>
      )}
    </Alert>
  )
}

/** Whether the session that was begun still waits for its second factor. */
const isHalf = (answer: unknown): boolean =>
  session.safeParse(answer).data?.session.secondFactor === 'owed'

const secondFactorPage = (next: string): string =>
  `/sign-in/second-factor${next === '/' ? '' : stringifySearch({ next })}`

interface Submitted<V> {
  readonly submit: (values: V) => void
  readonly busy: boolean
  /** What belongs to no field. */
  readonly trouble: ApiError | undefined
}

/** Sends a form that signs somebody in: complaints go to their fields, success goes to `next` with a clean slate. */
export function useGettingIn<V>(
  form: { readonly setErrors: (errors: Record<string, string>) => void },
  act: (values: V) => Promise<unknown>,
  next = '/',
): Submitted<V> {
  const [trouble, setTrouble] = useState<ApiError>()
  const client = useQueryClient()
  const navigate = useNavigate()
  const sending = useAct(act, {
    onDone: (answer) => {
      // Nothing that was loaded for somebody else, or for nobody, may be shown to whoever is in now. Only the facts of
      // the one-time link stay with the page that shows them: asked for again, the link would be called used.
      client.removeQueries({ predicate: ({ queryKey: [of] }) => of !== 'link' })
      // Replaces the entry of the history, so that the used link is not met again by going back.
      return navigate({ href: isHalf(answer) ? secondFactorPage(next) : next, replace: true })
    },
    onError: (error) => {
      form.setErrors(error.fields)
      setTrouble(error.errors.length > 0 ? undefined : error)
      return true
    },
  })
  return {
    busy: sending.isPending,
    trouble,
    submit: (values) => {
      setTrouble(undefined)
      sending.mutate(values)
    },
  }
}

/** The token behind the # of a one-time link; empty when the page was opened without one. */
export function useToken(): string {
  const hash = useRouterState({ select: (state) => state.location.hash })
  const [token, keep] = useState(hash)
  // On the way to the next page the address has no token any more, while this one is still shown.
  if (hash !== '' && hash !== token) keep(hash)
  return token
}

/** Shows `children` for a link that opens, and says in its place what is wrong with one that does not. */
export function WithLink({
  kind,
  token,
  children,
}: {
  readonly kind: LinkKind
  readonly token: string
  readonly children: (facts: LinkFacts) => ReactNode
}) {
  const facts = useQuery({
    queryKey: ['link', token],
    queryFn: () => api.post('/api/v1/links/look', { body: { token }, schema: linkFacts }),
    staleTime: Infinity,
    // It is used while this is open: asking again would only say so.
    refetchOnWindowFocus: false,
  })
  if (facts.data?.kind === kind) return children(facts.data)
  if (facts.isPending) return <Loading lines={4} />
  return (
    <>
      <Trouble of={facts.error ?? new Error('This link is for something else.')} />
      <LinkButton to="/sign-in" variant="default" fullWidth mt="md">
        Go to sign-in
      </LinkButton>
    </>
  )
}
