import { notifications } from '@mantine/notifications'
import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { z } from 'zod'
import { api, ApiError, type Query } from './api.ts'

/** Makes the client's cache. A refusal is final; only a silent server is asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503),
      },
      mutations: { retry: false },
    },
  })
}

export interface UseApiOptions {
  readonly query?: Query
  /** `false` waits, for instance until an id is known. */
  readonly enabled?: boolean
  /** Asks again every so many milliseconds while the screen is open. */
  readonly every?: number
  /** Keeps showing the last answer while the next one (another filter, another page) is on its way. */
  readonly keep?: boolean
}

/**
 * Reads from the server and keeps the answer under `key`: `useApi(['groups', id], '/api/v1/groups/' + id, groupSchema)`.
 * The first element of a key names the kind of object, so that `useAct(..., { refresh: ['groups'] })` renews all of them.
 */
export function useApi<S extends z.ZodType>(
  key: readonly unknown[],
  path: string,
  schema: S,
  options: UseApiOptions = {},
): UseQueryResult<z.output<S>> {
  return useQuery<z.output<S>>({
    queryKey: [...key, path, options.query ?? null],
    queryFn: ({ signal }) =>
      api.get(path, {
        schema,
        signal,
        ...(options.query === undefined ? {} : { query: options.query }),
      }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  })
}

export interface ActOptions<In, Out> {
  /** Said when it has worked: a sentence, or one made from the answer. */
  readonly done?: string | ((out: Out, input: In) => string)
  /** First elements of the keys to renew. */
  readonly refresh?: readonly string[]
  readonly onDone?: (out: Out, input: In) => unknown
  /** Return true when the error was shown at its place (a form field), so that no notification repeats it. */
  readonly onError?: (error: ApiError, input: In) => unknown
}

/**
 * Does something on the server: `const rename = useAct((name: string) => api.patch(path, { body: { name } }), { done: 'Renamed',
 * refresh: ['groups'] })`, then `rename.mutate(name)` and `rename.isPending`. An error is shown as a notification.
 */
export function useAct<In, Out>(
  act: (input: In) => Promise<Out>,
  options: ActOptions<In, Out> = {},
): UseMutationResult<Out, Error, In> {
  const client = useQueryClient()
  return useMutation<Out, Error, In>({
    mutationFn: act,
    onSuccess: async (out, input) => {
      const { done, refresh = [], onDone } = options
      if (done !== undefined)
        notifications.show({ message: typeof done === 'string' ? done : done(out, input) })
      await Promise.all(refresh.map((name) => client.invalidateQueries({ queryKey: [name] })))
      await onDone?.(out, input)
    },
    onError: (error, input) => {
      if (error instanceof ApiError) {
        if (error.code === 'reauthentication_required') return // The member closed the question.
        if (options.onError?.(error, input) === true) return
      }
      notifyError(error)
    },
  })
}

/** Shows an error where no better place exists: what is wrong, what to do. */
export function notifyError(error: unknown): void {
  const known = error instanceof ApiError
  notifications.show({
    color: 'red',
    autoClose: 12_000,
    title: known ? error.title : 'Something went wrong in this screen',
    message: [
      error instanceof Error && (!known || error.message !== error.title) ? error.message : '',
      known ? (error.remedy ?? '') : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  })
}
