/**
 * What is watched, without JavaScript: `/watch/…?plain=1`. Whole documents, links and forms only, for members who may read,
 * and of public collections for everybody.
 */
import { Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { WatchParts } from '../../parts.ts'
import { addressesOf, readPlace } from '../../schema.address.ts'
import { collectionParams, stamp } from '../../schema.ts'
import { collectionByPath, pathOf } from '../load.ts'
import { plain, plainAnswer, redirect } from './frame.ts'
import { markup } from './markup.ts'
import {
  collectionScreen,
  diffScreen,
  listScreen,
  searchScreen,
  stepScreen,
  textScreen,
  type Asked,
} from './screens.ts'

/** Answers an address of a screen. `actor` is whoever is signed in, if anybody is. */
export type Plain = (request: Request, actor: Actor | undefined) => Promise<Response>

export const createPlain =
  (parts: WatchParts): Plain =>
  async (request, actor) => {
    try {
      return await answer(parts, new URL(request.url), actor)
    } catch (error) {
      if (error instanceof Problem) return problemPage(error)
      throw error
    }
  }

async function answer(parts: WatchParts, url: URL, actor: Actor | undefined): Promise<Response> {
  const mayRead = actor?.permissions.has('watch.read') === true
  const [, , v, p, s, l, ...rest] = url.pathname.split('/').map(decoded)
  if (v === undefined || v === '')
    return plainAnswer(await listScreen(parts, mayRead, actor !== undefined))
  const params = collectionParams.safeParse({ v, p, s, l })
  const collection = params.success
    ? await parts.runtime.db.read(() => collectionByPath(pathOf(params.data)))
    : undefined
  if (!mayRead && collection?.visibility !== 'public') throw closed(actor)
  if (!params.success || collection === undefined)
    throw new Problem('not_found', 'There is no such collection.')
  const asked: Asked = { parts, collection, params: params.data, query: url.searchParams }
  const place = readPlace(rest.join('/'))
  const chosen = chosenPair(url.searchParams)
  const at = addressesOf(params.data)
  const find = url.searchParams.get('find')?.trim() ?? ''
  if (place.kind === 'collection' && find !== '')
    return plainAnswer(await searchScreen(asked, find))
  if (place.kind === 'collection')
    return chosen ? redirect(plain(at.step(...chosen))) : plainAnswer(await collectionScreen(asked))
  if (place.kind === 'step') return plainAnswer(await stepScreen(asked, place))
  const { page } = place
  if (chosen) return redirect(plain(at.diff(page, ...chosen), optionsIn(url.searchParams)))
  return plainAnswer(
    place.kind === 'page' ? await textScreen(asked, page) : await diffScreen(asked, place),
  )
}

/** Whether a collection that one may not read exists is not told. */
const closed = (actor: Actor | undefined): Problem =>
  actor === undefined
    ? new Problem('unauthenticated', 'This is for members who are signed in.', {
        remedy: 'Signing in needs JavaScript. Public collections can be read without.',
      })
    : new Problem('forbidden', 'This needs the permission watch.read.')

/** The two moments of a form, the older one first. */
function chosenPair(query: URLSearchParams): readonly [string, string] | undefined {
  const from = stamp.safeParse(query.get('from'))
  const to = stamp.safeParse(query.get('to'))
  if (!from.success || !to.success) return undefined
  // Stamps sort like their times, but for the tenth snapshot of one minute.
  return from.data <= to.data ? [from.data, to.data] : [to.data, from.data]
}

const optionsIn = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...query].filter(([name]) => ['view', 'formatting', 'context'].includes(name)),
  )

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const problemPage = (problem: Problem): Response =>
  plainAnswer({
    title: problem.status === 404 ? 'Not found' : 'This cannot be shown',
    trail: [{ label: 'Collections', to: '/watch' }],
    status: problem.status,
    body: markup`<p>${problem.message}</p><p class="note">${problem.extra.remedy}</p>`,
  })
