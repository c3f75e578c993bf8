import { useState } from 'react'
import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { z } from 'zod'
import { Empty, Link, Loaded, Rows, useAddress, useApi, type Column } from '#web/kit/index.ts'
import { searchHit, type SearchHit } from '../schema.ts'
import type { Addresses } from './address.ts'
import { stampText } from './words.ts'

const answer = z.object({ items: z.array(searchHit), next: z.string().nullable() })

/** The pages as they are, or every line that ever stood in them. */
export function Search({ at }: { readonly at: Addresses }) {
  const [view, setView] = useAddress(
    z.object({
      q: z.string().catch(''),
      scope: z.enum(['current', 'ever']).catch('current'),
    }),
  )
  const [text, setText] = useState(view.q)
  return (
    <div>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          setView({ q: text })
        }}
      >
        <Group align="flex-end" gap="sm" mb="md">
          <TextInput
            label="Search for"
            description="Words, or a “phrase” in quotation marks."
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            style={{ flex: '1 1 260px' }}
          />
          <SegmentedControl
            aria-label="Where"
            value={view.scope}
            onChange={(scope) => setView({ scope: scope })}
            data={[
              { value: 'current', label: 'As it is now' },
              { value: 'ever', label: 'Ever' },
            ]}
          />
          <Button type="submit">Search</Button>
        </Group>
      </form>
      {view.q.trim() === '' ? (
        <Empty title="Find a sentence">
          “Ever” also finds what is gone, and says when it appeared and when it went.
        </Empty>
      ) : (
        <Hits key={`${view.scope} ${view.q}`} at={at} q={view.q} scope={view.scope} />
      )}
    </div>
  )
}

interface HitsProps {
  readonly at: Addresses
  readonly q: string
  readonly scope: 'current' | 'ever'
}

function Hits({ at, q, scope }: HitsProps) {
  const [limit, setLimit] = useState(50)
  const found = useApi(['watch-search', at.path], `${at.api}/search`, answer, {
    query: { q, scope, limit },
    keep: true,
  })
  const columns: readonly Column<SearchHit>[] = [
    {
      key: 'text',
      header: 'Line',
      cell: (hit) => <span className="gh-hit">{hit.text.trim() || '(empty)'}</span>,
    },
    { key: 'page', header: 'Page', cell: (hit) => hit.page },
    {
      key: 'appeared',
      header: 'Appeared',
      cell: (hit) => hit.appeared && stampText(hit.appeared.stamp),
      wideOnly: true,
    },
    {
      key: 'gone',
      header: 'Went',
      cell: (hit) =>
        hit.disappeared ? (
          stampText(hit.disappeared.stamp)
        ) : (
          <Text size="sm" c="dimmed">
            still there
          </Text>
        ),
      wideOnly: true,
    },
  ]
  return (
    <Loaded of={found}>
      {({ items, next }) =>
        items.length === 0 ? (
          <Empty title="No line says that">
            {scope === 'current' ? (
              <>
                Nor does a page today.{' '}
                <Link to={at.root} search={{ tab: 'search', q, scope: 'ever' }}>
                  Search everything that ever stood here
                </Link>
              </>
            ) : (
              'In no version of any page.'
            )}
          </Empty>
        ) : (
          <>
            <Rows
              label="Lines found"
              columns={columns}
              rows={items}
              rowKey={(hit) =>
                `${hit.page} ${hit.line ?? ''} ${hit.appeared?.stamp ?? ''} ${hit.text}`
              }
              rowLink={(hit) => linkOf(at, hit)}
            />
            {next !== null && limit < 500 && (
              <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setLimit(500)}>
                Show more
              </Button>
            )}
          </>
        )
      }
    </Loaded>
  )
}

/** A line that stands leads to itself; one that is gone, to the last version that had it. */
function linkOf(at: Addresses, hit: SearchHit): string {
  if (hit.disappeared === null)
    return `${at.page(hit.page)}${hit.line === null ? '' : `#L${hit.line}`}`
  return `${at.page(hit.page)}?at=${hit.appeared?.stamp ?? ''}`
}
