import { useEffect, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { z } from 'zod'
import { useApi } from '../query.ts'
import type { Screen } from '../screen.ts'
import { useGo } from '../use-address.ts'

const foundSchema = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      id: z.string(),
      label: z.string(),
      detail: z.string(),
      link: z.string(),
    }),
  ),
})

const [store, actions] = createSpotlight()
export const openPalette = actions.open

/** What is called so comes before what is only described so. */
function byName<H extends { readonly label: string }>(hits: readonly H[], wanted: string): H[] {
  const rank = ({ label }: H): number => {
    const at = label.toLowerCase().indexOf(wanted)
    return at === 0 ? 0 : at > 0 ? 1 : 2
  }
  return hits.toSorted((a, b) => rank(a) - rank(b))
}

/** Enter takes the first result, also when it came after the last key: the component chooses only while one types. */
function useFirstChosen(results: string): void {
  useEffect(() => {
    const list = document.getElementById(store.getState().listId)
    if (list === null || list.querySelector('[data-selected]') !== null) return
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
    store.updateState((state) => ({ ...state, selected: 0 }))
  }, [results])
}

/** ⌘K / Ctrl-K: every screen, and every object by name (`GET /api/v1/find?q=`). */
export function Palette({ screens }: { readonly screens: readonly Screen[] }) {
  const go = useGo()
  const [query, setQuery] = useState('')
  const [asked] = useDebouncedValue(query.trim(), 150)
  const found = useApi(['find'], '/api/v1/find', foundSchema, {
    query: { q: asked },
    enabled: asked.length > 1,
    keep: true,
  })
  const wanted = query.trim().toLowerCase()
  const places = screens.filter(({ title }) => title.toLowerCase().includes(wanted))
  const objects = wanted.length > 1 ? byName(found.data?.items ?? [], wanted) : []
  useFirstChosen([...places.map(({ path }) => path), ...objects.map(({ id }) => id)].join(' '))
  return (
    <Spotlight.Root
      store={store}
      attributes={{ content: { 'aria-label': 'Go to' } }}
      centered={false}
      yOffset="14vh"
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      maxHeight={420}
      radius="md"
      size="lg"
    >
      <Spotlight.Search
        placeholder="Go to a screen, or find anything by name"
        aria-label="Go to"
        leftSection={<IconSearch size={16} aria-hidden />}
      />
      <Spotlight.ActionsList aria-label="Results">
        {places.length > 0 && (
          <Spotlight.ActionsGroup label="Screens">
            {places.map(({ path, title, nav }) => (
              <Spotlight.Action
                key={path}
                label={title}
                {...(nav === undefined ? {} : { leftSection: <nav.icon size={16} aria-hidden /> })}
                onClick={() => go(path)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {objects.length > 0 && (
          <Spotlight.ActionsGroup label="Found by name">
            {objects.map((hit) => (
              <Spotlight.Action
                key={hit.id}
                label={hit.label}
                description={`${hit.kind}${hit.detail === '' ? '' : ` · ${hit.detail}`}`}
                onClick={() => go(hit.link)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {places.length === 0 && objects.length === 0 && (
          <Spotlight.Empty>
            {wanted.length < 2 || found.isFetching ? 'Type a name…' : 'Nothing has that name.'}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
